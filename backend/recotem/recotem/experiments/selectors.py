from collections.abc import Collection
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from recotem.core.actor import Actor
from recotem.experiments.models import ABTest, ConversionEvent, SlotDay
from recotem.projects.models import Project
from recotem.projects.selectors import in_projects_of


def conversion_events_for(actor: Actor) -> QuerySet[ConversionEvent]:
    """Events of the projects that the actor sees."""
    return in_projects_of(ConversionEvent.objects.all(), actor)


def ab_tests_for(actor: Actor) -> QuerySet[ABTest]:
    """Tests of the projects that the actor sees."""
    return in_projects_of(ABTest.objects.all(), actor)


def ab_tests_on(slots: Collection[int]) -> QuerySet[ABTest]:
    """Tests of which one of these slots is an arm."""
    return ABTest.objects.filter(
        Q(control_slot__in=slots) | Q(variant_slot__in=slots)
    ).order_by("id")


def tests_with_a_rule(slots: Collection[int]) -> QuerySet[ABTest]:
    """Of the tests that run on these slots those that do not count every conversion."""
    every = Q(attribution=ABTest.Attribution.USER, attribution_hours=None)
    return ab_tests_on(slots).filter(~every, status=ABTest.Status.RUNNING)


def traffic_of(project: Project, days: int) -> QuerySet[SlotDay]:
    """What each slot showed and earned on each of the last UTC days, today included."""
    counts = ("impressions", "clicks", "purchases", "requests")
    something = Q(*((f"{name}__gt", 0) for name in counts), _connector=Q.OR)
    before = timezone.now().date() - timedelta(days=days)
    rows = SlotDay.objects.filter(something, slot__project=project, day__gt=before)
    return rows.select_related("slot").order_by("day", "slot_id")
