from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "recotem.keys"
    label = "keys"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What needs models cannot be imported before all apps are there.
        from recotem.accounts import administration  # noqa: PLC0415
        from recotem.keys import services  # noqa: PLC0415
        from recotem.projects import membership  # noqa: PLC0415

        administration.ENDINGS.append(services.revoke_keys_of_outsider)
        membership.ENDINGS.append(services.revoke_keys_of_member)
