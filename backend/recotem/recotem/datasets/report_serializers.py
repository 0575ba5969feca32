"""How the data report of an interaction log is described."""

from typing import Any

from rest_framework import serializers


class BinSerializer(serializers.Serializer):
    """How many have from `from` to `to` interactions."""

    to = serializers.IntegerField()
    count = serializers.IntegerField()

    def get_fields(self) -> dict[str, Any]:
        """`from` cannot be the name of an attribute."""
        return {"from": serializers.IntegerField(), **super().get_fields()}


class SpreadSerializer(serializers.Serializer):
    """How many interactions each has, with a histogram over powers of two."""

    min = serializers.IntegerField()
    median = serializers.FloatField()
    mean = serializers.FloatField()
    max = serializers.IntegerField()
    histogram = BinSerializer(many=True)


class RankSerializer(serializers.Serializer):
    """How many users took the item of this rank."""

    rank = serializers.IntegerField()
    count = serializers.IntegerField()


class PointSerializer(serializers.Serializer):
    """How many interactions there were from this day on."""

    date = serializers.DateField()
    count = serializers.IntegerField()


class OverTimeSerializer(serializers.Serializer):
    days_per_point = serializers.IntegerField()
    points = PointSerializer(many=True)


class DataReportSerializer(serializers.Serializer):
    """Sizes, distributions, activity over time; `n_rows` counts repeated pairs,
    `n_pairs` does not."""

    n_rows = serializers.IntegerField()
    n_pairs = serializers.IntegerField()
    n_users = serializers.IntegerField()
    n_items = serializers.IntegerField()
    density = serializers.FloatField()
    interactions_per_user = SpreadSerializer()
    interactions_per_item = SpreadSerializer()
    item_popularity = RankSerializer(many=True)
    first_time = serializers.DateTimeField(allow_null=True)
    last_time = serializers.DateTimeField(allow_null=True)
    over_time = OverTimeSerializer(allow_null=True)
