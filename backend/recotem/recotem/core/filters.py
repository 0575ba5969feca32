"""Exact-match filters. A bad value is refused, an unknown name ignored."""

from django import forms
from django.db import models
from django_filters import filters
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from drf_spectacular.utils import extend_schema_field

_LARGEST_ID = 2**63 - 1


class IdFilter(filters.NumberFilter):
    """A row's id. One that does not exist, or is not ours, simply matches nothing."""

    field_class = forms.IntegerField

    def __init__(self, *args: object, **options: object) -> None:
        options.setdefault("min_value", 0)
        options.setdefault("max_value", _LARGEST_ID)
        super().__init__(*args, **options)

    def get_max_validator(self) -> None:
        return None


def _boolean(text: str) -> bool:
    return text.lower() in {"true", "1"}


_TRUTHS = ("true", "false", "True", "False", "1", "0")


@extend_schema_field({"type": "string", "enum": [*_TRUTHS]})
class BooleanFilter(filters.TypedChoiceFilter):
    """`true` or `false`."""

    def __init__(self, *args: object, **options: object) -> None:
        options.setdefault("choices", [(word, word) for word in _TRUTHS])
        options.setdefault("coerce", _boolean)
        super().__init__(*args, **options)


class ResourceFilterSet(FilterSet):
    FILTER_DEFAULTS = {
        **FilterSet.FILTER_DEFAULTS,
        models.AutoField: {"filter_class": IdFilter},
        models.BigAutoField: {"filter_class": IdFilter},
        models.BigIntegerField: {"filter_class": IdFilter},
        models.ForeignKey: {"filter_class": IdFilter},
        models.OneToOneField: {"filter_class": IdFilter},
        models.BooleanField: {"filter_class": BooleanFilter},
    }

    def is_valid(self) -> bool:
        """An empty value is none, but for texts."""
        for name, one in self.filters.items():
            if self.data.get(name) == "" and not isinstance(one, filters.CharFilter):
                self.form.add_error(name, "must not be empty")
        return bool(super().is_valid())


class ResourceFilterBackend(DjangoFilterBackend):
    """`filterset_fields` of a view is all it takes."""

    filterset_base = ResourceFilterSet
