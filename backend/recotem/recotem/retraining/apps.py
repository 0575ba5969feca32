from django.apps import AppConfig


class RetrainingConfig(AppConfig):
    name = "recotem.retraining"
    label = "retraining"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What needs models cannot be imported before all apps are there.
        from recotem.jobs.kinds import ENDINGS  # noqa: PLC0415
        from recotem.jobs.reconciler import CHORES  # noqa: PLC0415
        from recotem.retraining.services.clock import tick  # noqa: PLC0415
        from recotem.retraining.services.deploying import review_ended  # noqa: PLC0415
        from recotem.retraining.services.messengers import send_out  # noqa: PLC0415
        from recotem.retraining.services.runs import job_ended  # noqa: PLC0415

        ENDINGS.extend([job_ended, review_ended])
        CHORES.extend([tick, send_out])
