from django.apps import AppConfig
from django.db.models.signals import post_delete

from recotem.core.impact import goes_with
from recotem.core.storage import free_files_with_row


class TrainingConfig(AppConfig):
    name = "recotem.training"
    label = "training"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What needs models cannot be imported before all apps are there.
        from recotem.jobs.kinds import JobKind, register  # noqa: PLC0415
        from recotem.jobs.models import TaskLog  # noqa: PLC0415
        from recotem.training.departures import model_gone  # noqa: PLC0415
        from recotem.training.services.train import job_ended  # noqa: PLC0415

        model = self.get_model("TrainedModel")
        free_files_with_row(model, attribute="files")
        goes_with(model, TaskLog, "job__trained_model")
        post_delete.connect(model_gone, sender=model, dispatch_uid="model gone")
        register(
            JobKind(
                name="training",
                task_name="recotem.training.run",
                arguments=lambda job: {"model_id": job.trained_model.pk},
                on_end=job_ended,
            )
        )
