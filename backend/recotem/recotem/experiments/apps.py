from django.apps import AppConfig


class ExperimentsConfig(AppConfig):
    name = "recotem.experiments"
    label = "experiments"
    default_auto_field = "django.db.models.BigAutoField"
