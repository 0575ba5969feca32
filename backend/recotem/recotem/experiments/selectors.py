from collections.abc import Collection

from django.db.models import Q, QuerySet

from recotem.core.actor import Actor
from recotem.experiments.models import ABTest, ConversionEvent
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
