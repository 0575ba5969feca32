from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from recotem.core.storage import local_path
from recotem.training.artifact_store import signing_keys
from recotem.training.models import TrainedModel
from recotem.training.services.resigning import resign
from recotem_engine.artifact import signing_key_of
from recotem_engine.errors import ArtifactError
from recotem_engine.signing import SigningKeys


class Command(BaseCommand):
    help = (
        "Sign every model file with the first of RECOTEM_MODEL_SIGNING_KEYS. Then the "
        "others can be taken out of the list."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what for")
        parser.add_argument(
            "--from-secret-key",
            action="store_true",
            help="also accept files signed with the key derived from SECRET_KEY, as "
            "they are where no signing keys were listed before",
        )

    def handle(self, *_: object, **options: Any) -> None:
        keys = signing_keys()
        if options["from_secret_key"]:
            keys = keys.accepting(SigningKeys.derive(settings.SECRET_KEY))
        done, failed = 0, 0
        for model in TrainedModel.objects.exclude(file=None).order_by("pk"):
            try:
                signed_by = signing_key_of(_file(model))
                if signed_by == keys.signing_id:
                    continue
                if not options["dry_run"]:
                    resign(model, keys)
            except (ArtifactError, FileNotFoundError) as error:
                failed += 1
                self.stderr.write(f"Model {model.pk}: {error}")
            else:
                done += 1
                self.stdout.write(f"Model {model.pk}: {signed_by} → {keys.signing_id}")
        would = "would be signed" if options["dry_run"] else "signed"
        self.stdout.write(f"{done} models {would} anew.")
        if failed:
            raise CommandError(f"{failed} models could not be read; see above.")


def _file(model: TrainedModel) -> Path:
    return local_path(str(model.file))
