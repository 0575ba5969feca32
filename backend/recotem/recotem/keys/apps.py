from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "recotem.keys"
    label = "keys"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What needs models cannot be imported before all apps are there.
        from recotem.keys.services import revoke_keys_of_member  # noqa: PLC0415
        from recotem.projects.membership import ENDINGS  # noqa: PLC0415

        ENDINGS.append(revoke_keys_of_member)
