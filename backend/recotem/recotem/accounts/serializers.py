from typing import Any

from rest_framework import serializers

from recotem.accounts.models import User

_NAMES = ("username", "email", "first_name", "last_name")
_POWERS = ("is_staff", "is_superuser")


class UserSerializer(serializers.ModelSerializer):
    #: May be empty, so it is not described as an address.
    email = serializers.CharField(read_only=True)

    class Meta:
        model = User
        fields = ("pk", *_NAMES, *_POWERS)
        read_only_fields = fields


class LoginSerializer(serializers.Serializer):
    """`username` or `email`, and `password`."""

    username = serializers.CharField(required=False, max_length=256)
    email = serializers.CharField(required=False, max_length=256)
    password = serializers.CharField(trim_whitespace=False, max_length=1024)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not (attrs.get("username") or attrs.get("email")):
            raise serializers.ValidationError(
                {"username": ["Give a user name or an email address."]}
            )
        return attrs


class TokenPairSerializer(serializers.Serializer):
    access = serializers.CharField()
    refresh = serializers.CharField()


class LoginResponseSerializer(TokenPairSerializer):
    user = UserSerializer()


class RefreshSerializer(serializers.Serializer):
    """Without `refresh`, the cookie is used."""

    refresh = serializers.CharField(required=False, allow_blank=True)


class VerifySerializer(serializers.Serializer):
    token = serializers.CharField()


class PasswordChangeSerializer(serializers.Serializer):
    old_password = serializers.CharField(trim_whitespace=False, max_length=1024)
    new_password = serializers.CharField(trim_whitespace=False, max_length=1024)


class DetailSerializer(serializers.Serializer):
    detail = serializers.CharField()


class AccountSerializer(serializers.ModelSerializer):
    """An account as staff see it."""

    ins_datetime = serializers.DateTimeField(source="date_joined", read_only=True)

    class Meta:
        model = User
        fields = (
            "id",
            *_NAMES,
            *_POWERS,
            "is_active",
            "last_login",
            "ins_datetime",
        )
        read_only_fields = ("is_active", "last_login")


class NewAccountSerializer(AccountSerializer):
    """An account to be made, with its first password."""

    password = serializers.CharField(
        write_only=True, trim_whitespace=False, max_length=1024
    )

    class Meta(AccountSerializer.Meta):
        fields = (*AccountSerializer.Meta.fields, "password")  # type: ignore[assignment]


class PasswordResetSerializer(serializers.Serializer):
    new_password = serializers.CharField(trim_whitespace=False, max_length=1024)
