from django.apps import AppConfig
from django.db.models.signals import post_delete


class TuningConfig(AppConfig):
    name = "recotem.tuning"
    label = "tuning"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What needs models cannot be imported before all apps are there.
        from recotem.jobs.kinds import register  # noqa: PLC0415
        from recotem.tuning.departures import tuning_job_gone  # noqa: PLC0415
        from recotem.tuning.kind import TUNING  # noqa: PLC0415

        register(TUNING)
        post_delete.connect(
            tuning_job_gone,
            sender=self.get_model("ParameterTuningJob"),
            dispatch_uid="tuning job gone",
        )
