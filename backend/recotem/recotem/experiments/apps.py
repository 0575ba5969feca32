from django.apps import AppConfig
from django.db.models import Model
from django.db.models.signals import post_delete


class ExperimentsConfig(AppConfig):
    name = "recotem.experiments"
    label = "experiments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What needs models cannot be imported before all apps are there.
        from recotem.deployment.services import slots  # noqa: PLC0415
        from recotem.experiments.services import ab_tests  # noqa: PLC0415
        from recotem.experiments.services.exposures import (  # noqa: PLC0415
            store_exposures,
        )
        from recotem.jobs.reconciler import CHORES  # noqa: PLC0415

        CHORES.append(store_exposures)

        slots.CHANGE_GUARDS.append(ab_tests.refuse_change_of_tested)
        slots.DELETE_GUARDS.append(ab_tests.refuse_delete_of_tested)
        post_delete.connect(
            _test_gone, sender="experiments.ABTest", dispatch_uid="test gone"
        )


def _test_gone(sender: type[Model], instance: Model, **_: object) -> None:
    """However a test went, what it counted goes too."""
    from recotem.experiments.services.rollups import (  # noqa: PLC0415 — needs models
        forget,
        forget_records,
    )

    forget(instance.pk)
    forget_records(instance.pk)
