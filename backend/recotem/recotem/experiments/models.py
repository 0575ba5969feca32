from datetime import datetime

from django.db import models
from django.db.models import F, Q

from recotem.core.models import Timestamped
from recotem.deployment.models import DeploymentSlot
from recotem.projects.models import Project


class ABTest(Timestamped):
    """A comparison of two slots on live traffic."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT"
        RUNNING = "RUNNING"
        COMPLETED = "COMPLETED"
        CANCELLED = "CANCELLED"

    class Metric(models.TextChoices):
        CTR = "ctr"
        PURCHASE_RATE = "purchase_rate"
        CONVERSION_RATE = "conversion_rate"

    class Attribution(models.TextChoices):
        USER = "user"
        REQUEST = "request"

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="ab_tests", db_index=False
    )
    name = models.CharField(max_length=256)
    status = models.CharField(max_length=16, choices=Status, default=Status.DRAFT)
    control_slot = models.ForeignKey(
        DeploymentSlot, on_delete=models.PROTECT, related_name="+"
    )
    variant_slot = models.ForeignKey(
        DeploymentSlot, on_delete=models.PROTECT, related_name="+"
    )
    target_metric_name = models.CharField(
        max_length=32, choices=Metric, default=Metric.CTR
    )
    min_sample_size = models.PositiveIntegerField(default=1000)
    confidence_level = models.FloatField(default=0.95)
    #: Of the variant among users of both slots, by their weights when it was started.
    variant_share = models.FloatField(null=True)
    #: Whether a conversion must follow an impression of its user or of its request.
    attribution = models.CharField(
        max_length=16, choices=Attribution, default=Attribution.USER
    )
    #: The most hours between the two; None for as long as the test runs.
    attribution_hours = models.PositiveIntegerField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    winner_slot = models.ForeignKey(
        DeploymentSlot, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["project", "id"], name="test_of_project")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(control_slot=F("variant_slot")),
                name="two_different_slots",
            ),
            models.CheckConstraint(
                condition=Q(confidence_level__gte=0.5, confidence_level__lte=0.99),
                name="confidence_level_from_50_to_99_percent",
            ),
            models.CheckConstraint(
                condition=Q(attribution_hours__gte=1, attribution_hours__lte=8760),
                name="attribution_hours_up_to_a_year",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def slot_ids(self) -> tuple[int, int]:
        return self.control_slot_id, self.variant_slot_id

    def ran_at(self, time: datetime) -> bool:
        """Whether an event of this time is one of the test."""
        began = self.started_at is not None and self.started_at <= time
        return began and (self.ended_at is None or time < self.ended_at)


class ConversionEvent(models.Model):
    """Somebody saw, clicked or bought what a slot recommended.

    There may be a hundred million of them, and each index is paid for by every row
    that arrives. So there are these and no others:

    - (project, id): a project's events newest first, its export, its deletion
    - (slot, user): what a user did there, to count it anew; whether a slot has events
    - unique (project, request, type, item), of events with a request only

    The projects' and the slots' own indexes would repeat the first columns of these.
    Nor does the database look for project and slot of each event, a quarter of what an
    event costs: who adds events holds their slots, as does who deletes them.
    """

    class EventType(models.TextChoices):
        IMPRESSION = "impression"
        CLICK = "click"
        PURCHASE = "purchase"

    project = models.ForeignKey(
        Project,
        on_delete=models.CASCADE,
        related_name="conversion_events",
        db_constraint=False,
        db_index=False,
    )
    deployment_slot = models.ForeignKey(
        DeploymentSlot,
        on_delete=models.PROTECT,
        related_name="conversion_events",
        db_constraint=False,
        db_index=False,
    )
    user_id = models.CharField(max_length=256)
    item_id = models.CharField(max_length=256, blank=True, default="")
    event_type = models.CharField(max_length=16, choices=EventType)
    recommendation_request_id = models.UUIDField(null=True, blank=True)
    metadata_json = models.JSONField(default=dict)
    timestamp = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["project", "id"], name="event_by_project"),
            models.Index(fields=["deployment_slot", "user_id"], name="event_by_user"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "project",
                    "recommendation_request_id",
                    "event_type",
                    "item_id",
                ],
                name="event_counts_once_per_request",
                condition=Q(recommendation_request_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_type} by {self.user_id}"


class ArmUser(models.Model):
    """What one user did at one arm (slot) of a test, while it ran.

    Clicks and purchases are those that the test attributes to the arm. Written only
    with the events themselves, see `event_rows`. It has no reference that the database
    would check for each of a million users; it goes with its test.
    """

    pk = models.CompositePrimaryKey("test_id", "slot_id", "user_id")
    test = models.ForeignKey(
        ABTest, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    slot_id = models.BigIntegerField()
    user_id = models.CharField(max_length=256)
    impressions = models.IntegerField()
    clicks = models.IntegerField()
    purchases = models.IntegerField()
    #: UTC day of the first impression.
    exposed_on = models.DateField(null=True)
    #: `exposed_on` as it was before the last batch: what is counted there moves.
    exposed_before = models.DateField(null=True)

    def __str__(self) -> str:
        return self.user_id


class ArmDay(models.Model):
    """An arm's users by the UTC day on which they were exposed first.

    `users` saw something; of them, `clickers` clicked at any time, `purchasers` bought,
    `converters` did either. The sums are over these users: of their impressions i,
    clicks c and purchases p, and of the products of two of them, for ratios per event.
    """

    pk = models.CompositePrimaryKey("test_id", "slot_id", "day")
    test = models.ForeignKey(
        ABTest, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    slot_id = models.BigIntegerField()
    day = models.DateField()
    users = models.BigIntegerField()
    clickers = models.BigIntegerField()
    purchasers = models.BigIntegerField()
    converters = models.BigIntegerField()
    sum_i = models.BigIntegerField()
    sum_c = models.BigIntegerField()
    sum_p = models.BigIntegerField()
    sum_ii = models.BigIntegerField()
    sum_ic = models.BigIntegerField()
    sum_ip = models.BigIntegerField()
    sum_cc = models.BigIntegerField()
    sum_cp = models.BigIntegerField()
    sum_pp = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.day}: {self.users}"


class SlotDay(models.Model):
    """What a slot showed and earned on one UTC day, whatever tests ran.

    `requests` and `unknown_users` are counted of recorded requests only: all that were
    answered for the slot, and those of them that came for a user unknown to its model.
    """

    pk = models.CompositePrimaryKey("slot_id", "day")
    slot = models.ForeignKey(
        DeploymentSlot, on_delete=models.CASCADE, related_name="days", db_index=False
    )
    day = models.DateField()
    impressions = models.BigIntegerField(default=0)
    clicks = models.BigIntegerField(default=0)
    purchases = models.BigIntegerField(default=0)
    requests = models.BigIntegerField(default=0)
    unknown_users = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.day}: {self.impressions}"


class ArmRequests(models.Model):
    """Recorded requests that an arm of a test was asked while it ran."""

    pk = models.CompositePrimaryKey("test_id", "slot_id")
    test = models.ForeignKey(
        ABTest, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    slot_id = models.BigIntegerField()
    requests = models.BigIntegerField()
    #: Of them, those for users unknown to the model.
    unknown_users = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.requests)


class ArmItem(models.Model):
    """In how many recorded answers an arm of a test showed an item while it ran."""

    pk = models.CompositePrimaryKey("test_id", "slot_id", "item_id")
    test = models.ForeignKey(
        ABTest, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    slot_id = models.BigIntegerField()
    item_id = models.CharField(max_length=256)
    shown = models.BigIntegerField()

    class Meta:
        indexes = [
            # How many items were shown so often, without a look at the rows.
            models.Index(fields=["test", "slot_id", "shown"], name="item_by_shown")
        ]

    def __str__(self) -> str:
        return self.item_id


class StoredExposures(models.Model):
    """A batch of exposures that was stored; if it comes again it is passed over."""

    id = models.UUIDField(primary_key=True)
    stored_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return str(self.id)
