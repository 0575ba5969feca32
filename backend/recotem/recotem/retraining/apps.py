from django.apps import AppConfig


class RetrainingConfig(AppConfig):
    name = "recotem.retraining"
    label = "retraining"
    default_auto_field = "django.db.models.BigAutoField"
