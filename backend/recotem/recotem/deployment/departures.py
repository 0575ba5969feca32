"""What follows when a review goes, whoever deleted it."""

from django.db.models import Model

from recotem.deployment.models import GateReview
from recotem.jobs.models import Job


def review_gone(sender: type[Model], instance: GateReview, **_: object) -> None:
    """Its job, attempts and log go too; an attempt that runs notices and stops."""
    Job.objects.filter(pk=instance.job_id).delete()
