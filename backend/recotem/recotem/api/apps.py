from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "recotem.api"
    label = "api"
