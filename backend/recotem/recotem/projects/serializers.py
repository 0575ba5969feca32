from typing import Any

from rest_framework import serializers

from recotem.projects.models import Membership, Project


class ProjectSerializer(serializers.ModelSerializer):
    """`role` is what the person who asks may do here."""

    role = serializers.ChoiceField(Membership.Role.choices, read_only=True)
    exposure_sampling = serializers.FloatField(
        default=0,
        min_value=0,
        max_value=1,
        help_text="The share of users for whom it is recorded what slots show them; "
        "always the same users. 0 records nothing.",
    )

    class Meta:
        model = Project
        fields = (
            "id",
            "name",
            "owner",
            "role",
            "user_column",
            "item_column",
            "time_column",
            "exposure_sampling",
            "ins_datetime",
            "updated_at",
        )
        read_only_fields = ("owner",)
        validators: tuple[object, ...] = ()

    def validate_time_column(self, value: str | None) -> str | None:
        """An empty name means that there is no such column."""
        return value or None

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Users and items are told apart by their columns."""
        user, item = (
            attrs.get(name, getattr(self.instance, name, None))
            for name in ("user_column", "item_column")
        )
        if user == item and {"user_column", "item_column"} & attrs.keys():
            raise serializers.ValidationError(
                {"item_column": ["must be another column than user_column"]}
            )
        return attrs


class ProjectSummarySerializer(serializers.Serializer):
    n_data = serializers.IntegerField()
    n_complete_jobs = serializers.IntegerField()
    n_models = serializers.IntegerField()
    n_slots = serializers.IntegerField()
    n_running_tests = serializers.IntegerField()
    last_trained_at = serializers.DateTimeField(allow_null=True)
    ins_datetime = serializers.DateTimeField()


class MemberSerializer(serializers.ModelSerializer):
    username = serializers.CharField(source="user.username", read_only=True)

    class Meta:
        model = Membership
        fields = ("id", "user", "username", "role", "ins_datetime", "updated_at")
        read_only_fields = ("user",)


class NewMemberSerializer(serializers.Serializer):
    """Whom to let in, by `username` or `email`, and what for."""

    username = serializers.CharField(required=False, max_length=256)
    email = serializers.CharField(required=False, max_length=256)
    role = serializers.ChoiceField(Membership.Role.choices)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        name = attrs.get("username") or attrs.get("email")
        if not name:
            raise serializers.ValidationError(
                {"username": ["Give a user name or an email address."]}
            )
        return {"name": name, "role": attrs["role"]}
