from django.apps import AppConfig
from django.db.models.signals import post_delete

from recotem.core.impact import goes_with


class TuningConfig(AppConfig):
    name = "recotem.tuning"
    label = "tuning"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What needs models cannot be imported before all apps are there.
        from recotem.jobs.kinds import register  # noqa: PLC0415
        from recotem.jobs.models import TaskLog  # noqa: PLC0415
        from recotem.tuning.departures import tuning_job_gone  # noqa: PLC0415
        from recotem.tuning.kind import TUNING  # noqa: PLC0415

        register(TUNING)
        model = self.get_model("ParameterTuningJob")
        goes_with(model, TaskLog, "job__tuning_job")
        post_delete.connect(
            tuning_job_gone, sender=model, dispatch_uid="tuning job gone"
        )
