"""What follows when a tuning job goes, whoever deleted it."""

from django.db.models import Model

from recotem.core.storage import delete_workplace
from recotem.jobs.models import Job
from recotem.tuning.models import ParameterTuningJob
from recotem.tuning.services.scratch import scratch_folder


def tuning_job_gone(
    sender: type[Model], instance: ParameterTuningJob, **_: object
) -> None:
    """Its job, attempts and log go too; attempts that run notice and stop."""
    Job.objects.filter(pk=instance.job_id).delete()
    delete_workplace(scratch_folder(instance.job_id))
