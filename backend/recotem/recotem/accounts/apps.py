from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "recotem.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
