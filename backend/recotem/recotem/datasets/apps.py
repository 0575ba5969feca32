from django.apps import AppConfig

from recotem.core.storage import free_files_with_row


class DatasetsConfig(AppConfig):
    name = "recotem.datasets"
    label = "datasets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for name in ("DataVersion", "ItemMetaData"):
            free_files_with_row(self.get_model(name), attribute="files")
