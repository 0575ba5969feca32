"""Rows as tests need them; each field can be given, each parent is made if not."""

import factory
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from factory.django import DjangoModelFactory

from recotem.accounts.models import User
from recotem.core.actor import Actor
from recotem.core.models import AuditEntry
from recotem.datasets.models import DataStatus, ItemMetaData, TrainingData
from recotem.datasets.services.versions import keep_version
from recotem.deployment.models import Deployment, DeploymentSlot, GateReview
from recotem.deployment.services.gates import limits_of
from recotem.experiments.models import ABTest, ConversionEvent
from recotem.jobs.models import Job, JobAttempt, TaskLog
from recotem.keys.models import ApiKey
from recotem.projects.models import Membership, Project
from recotem.retraining.models import (
    RetrainingRun,
    RetrainingSchedule,
    Webhook,
    WebhookDelivery,
)
from recotem.training.models import ModelConfiguration, TrainedModel
from recotem.tuning.models import (
    EvaluationConfig,
    ParameterTuningJob,
    SplitConfig,
    Trial,
)
from recotem_contracts import api_keys


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    password = factory.LazyFunction(lambda: make_password("correct horse battery"))


class ProjectFactory(DjangoModelFactory):
    class Meta:
        model = Project

    owner = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"project {n}")
    user_column = "user_id"
    item_column = "item_id"
    time_column = "time"


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    project = factory.SubFactory(ProjectFactory)
    user = factory.SubFactory(UserFactory)


class AuditEntryFactory(DjangoModelFactory):
    class Meta:
        model = AuditEntry

    actor_name = "person"
    action = AuditEntry.Action.UPDATE
    kind = "project"
    subject = 1
    name = "shop"


class ApiKeyFactory(DjangoModelFactory):
    """The text of a key made here is lost; `keys.services.create_key` gives it."""

    class Meta:
        model = ApiKey

    project = factory.SubFactory(ProjectFactory)
    created_by = factory.SelfAttribute("project.owner")
    name = factory.Sequence(lambda n: f"key {n}")
    key_prefix = factory.LazyFunction(lambda: api_keys.issue().prefix)
    key_hash = factory.LazyFunction(lambda: api_keys.issue().hash)
    scopes = ["read", "write", "predict"]


class TrainingDataFactory(DjangoModelFactory):
    class Meta:
        model = TrainingData
        skip_postgeneration_save = True

    project = factory.SubFactory(ProjectFactory)
    basename = "interactions.csv"
    file = factory.Sequence(lambda n: f"training_data/0/{n}/interactions.csv")
    filesize = 1000
    n_rows = 100
    n_users = 10
    n_items = 20
    status = DataStatus.READY

    @factory.post_generation
    def kept(self, *_: object) -> None:
        """As each upload does, what it is now is kept as a version."""
        keep_version(self, Actor(AnonymousUser()))


class ItemMetaDataFactory(DjangoModelFactory):
    class Meta:
        model = ItemMetaData

    project = factory.SubFactory(ProjectFactory)
    basename = "items.csv"
    file = factory.Sequence(lambda n: f"item_meta_data/0/{n}/items.csv")
    filesize = 1000
    n_rows = 20
    status = DataStatus.READY
    valid_columns_list_json = ["title"]


class ModelConfigurationFactory(DjangoModelFactory):
    class Meta:
        model = ModelConfiguration

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence(lambda n: f"configuration {n}")
    recommender_class_name = "TopPopRecommender"


class JobFactory(DjangoModelFactory):
    class Meta:
        model = Job

    kind = Job.Kind.TRAINING
    project = 0  # nobody's


class JobAttemptFactory(DjangoModelFactory):
    class Meta:
        model = JobAttempt

    job = factory.SubFactory(JobFactory)
    task_id = factory.Sequence(lambda n: f"task-{n}")
    lease_until = factory.LazyFunction(timezone.now)


class TrainedModelFactory(DjangoModelFactory):
    """READY, with a file that is not there."""

    class Meta:
        model = TrainedModel

    configuration = factory.SubFactory(ModelConfigurationFactory)
    data_loc = factory.SubFactory(
        TrainingDataFactory, project=factory.SelfAttribute("..configuration.project")
    )
    project = factory.SelfAttribute("configuration.project")
    job = factory.SubFactory(
        JobFactory, status="COMPLETED", project=factory.SelfAttribute("..project.pk")
    )
    status = TrainedModel.Status.READY
    file = factory.Sequence(lambda n: f"models/0/{n}.rctm")
    filesize = 1000


class DeploymentSlotFactory(DjangoModelFactory):
    class Meta:
        model = DeploymentSlot

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence(lambda n: f"slot {n}")
    trained_model = factory.SubFactory(
        TrainedModelFactory,
        configuration__project=factory.SelfAttribute("...project"),
    )


class DeploymentFactory(DjangoModelFactory):
    """A model that a slot served before the one that it serves now."""

    class Meta:
        model = Deployment

    slot = factory.SubFactory(
        DeploymentSlotFactory, project=factory.SelfAttribute("..project")
    )
    project = factory.SubFactory(ProjectFactory)
    slot_name = factory.SelfAttribute("slot.name")
    trained_model = factory.SubFactory(
        TrainedModelFactory, configuration__project=factory.SelfAttribute("...project")
    )
    algorithm = "TopPopRecommender"
    data = factory.SelfAttribute("trained_model.data_loc_id")
    data_name = factory.SelfAttribute("trained_model.data_loc.basename")
    reason = Deployment.Reason.MANUAL


class GateReviewFactory(DjangoModelFactory):
    """Waits for a worker."""

    class Meta:
        model = GateReview

    project = factory.SubFactory(ProjectFactory)
    slot = factory.SubFactory(
        DeploymentSlotFactory, project=factory.SelfAttribute("..project")
    )
    trained_model = factory.SubFactory(
        TrainedModelFactory, configuration__project=factory.SelfAttribute("...project")
    )
    champion = factory.SelfAttribute("slot.trained_model")
    job = factory.SubFactory(JobFactory, kind=Job.Kind.REVIEW)
    target_metric = "ndcg"
    cutoff = 20
    limits = factory.LazyAttribute(lambda review: limits_of(review.project.pk))


class ABTestFactory(DjangoModelFactory):
    """A draft between two slots of its project."""

    class Meta:
        model = ABTest

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence(lambda n: f"test {n}")
    control_slot = factory.SubFactory(
        DeploymentSlotFactory, project=factory.SelfAttribute("..project")
    )
    variant_slot = factory.SubFactory(
        DeploymentSlotFactory, project=factory.SelfAttribute("..project")
    )


class ConversionEventFactory(DjangoModelFactory):
    """A click; one without a request, so that no two of them are the same."""

    class Meta:
        model = ConversionEvent

    deployment_slot = factory.SubFactory(DeploymentSlotFactory)
    project = factory.SelfAttribute("deployment_slot.project")
    user_id = factory.Sequence(lambda n: f"u{n}")
    item_id = "i1"
    event_type = ConversionEvent.EventType.CLICK


class SplitConfigFactory(DjangoModelFactory):
    class Meta:
        model = SplitConfig

    created_by = factory.SubFactory(UserFactory)


class EvaluationConfigFactory(DjangoModelFactory):
    class Meta:
        model = EvaluationConfig

    created_by = factory.SubFactory(UserFactory)


class ParameterTuningJobFactory(DjangoModelFactory):
    class Meta:
        model = ParameterTuningJob

    data = factory.SubFactory(TrainingDataFactory)
    project = factory.SelfAttribute("data.project")
    data_version = factory.SelfAttribute("data.version")
    split = factory.SubFactory(
        SplitConfigFactory, created_by=factory.SelfAttribute("..data.project.owner")
    )
    evaluation = factory.SubFactory(
        EvaluationConfigFactory,
        created_by=factory.SelfAttribute("..data.project.owner"),
    )
    job = factory.SubFactory(
        JobFactory,
        kind=Job.Kind.TUNING,
        project=factory.SelfAttribute("..project.pk"),
    )


class TrialFactory(DjangoModelFactory):
    class Meta:
        model = Trial

    tuning_job = factory.SubFactory(ParameterTuningJobFactory)
    number = factory.Sequence(lambda n: n)


class TaskLogFactory(DjangoModelFactory):
    """A line of a tuning job's log unless a job is given."""

    class Meta:
        model = TaskLog

    job = factory.LazyAttribute(lambda _: ParameterTuningJobFactory().job)
    project = factory.SelfAttribute("job.project")
    contents = "Trial 1 of 40 finished."


class RetrainingScheduleFactory(DjangoModelFactory):
    """Has what a run needs, and is switched off."""

    class Meta:
        model = RetrainingSchedule
        django_get_or_create = ("project",)  # a project has one

    project = factory.SubFactory(ProjectFactory)
    training_data = factory.SubFactory(
        TrainingDataFactory, project=factory.SelfAttribute("..project")
    )
    model_configuration = factory.SubFactory(
        ModelConfigurationFactory, project=factory.SelfAttribute("..project")
    )


class RetrainingRunFactory(DjangoModelFactory):
    class Meta:
        model = RetrainingRun

    project = factory.SelfAttribute("schedule.project")
    schedule = factory.SubFactory(RetrainingScheduleFactory)
    status = "COMPLETED"


class WebhookFactory(DjangoModelFactory):
    class Meta:
        model = Webhook

    project = factory.SubFactory(ProjectFactory)
    url = "https://hooks.example.org/recotem"
    events = ["run_failed"]
    secret_salt = "salt"


class WebhookDeliveryFactory(DjangoModelFactory):
    class Meta:
        model = WebhookDelivery

    project = factory.SelfAttribute("webhook.project")
    webhook = factory.SubFactory(WebhookFactory)
    run = factory.SubFactory(
        RetrainingRunFactory,
        schedule__project=factory.SelfAttribute("...webhook.project"),
    )
    event = "run_failed"
    body = {}
    status = "DELIVERED"
