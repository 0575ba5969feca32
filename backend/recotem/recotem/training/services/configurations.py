from collections.abc import Mapping

from django.db import transaction

from recotem.core.actor import Actor
from recotem.core.audit import Action, facts, record
from recotem.core.errors import Invalid
from recotem.projects.models import Project
from recotem.projects.services import require_role
from recotem.training.errors import ConfigurationInUse
from recotem.training.models import ModelConfiguration
from recotem.training.services.models import delete_models
from recotem_engine.algorithms import algorithm, check_parameters
from recotem_engine.errors import ConfigError

NOTED = ("name", "recommender_class_name", "parameters_json")
_FIELDS = {
    "unknown_algorithm": "recommender_class_name",
    "bad_parameter": "parameters_json",
}


@transaction.atomic
def create_configuration(
    *, actor: Actor, project: Project, **values: object
) -> ModelConfiguration:
    """A configuration that a person wrote; refused if it could not be trained."""
    require_role(actor, project, "editor")
    configuration = ModelConfiguration(project=project, **values)
    _check(configuration)
    configuration.save()
    after = facts(configuration, NOTED)
    record(actor, Action.CREATE, configuration, after=after, project=project.pk)
    return configuration


@transaction.atomic
def update_configuration(
    *, actor: Actor, configuration: ModelConfiguration, changes: Mapping[str, object]
) -> ModelConfiguration:
    """A new name; other changes only while no model was trained with it."""
    require_role(actor, configuration.project, "editor")
    rows = ModelConfiguration.objects.select_for_update()
    configuration.refresh_from_db(from_queryset=rows)
    before = facts(configuration, NOTED)
    for name, value in changes.items():
        setattr(configuration, name, value)
    after = facts(configuration, NOTED)
    renamed = {**before, "name": after["name"]}
    if renamed != after and configuration.trained_models.exists():
        raise ConfigurationInUse
    _check(configuration)
    configuration.save()
    project = configuration.project_id
    record(actor, Action.UPDATE, configuration, before, after, project=project)
    return configuration


@transaction.atomic
def delete_configuration(*, actor: Actor, configuration: ModelConfiguration) -> None:
    """Delete it and the models trained with it, unless one of them is served."""
    require_role(actor, configuration.project, "owner")
    before, project = facts(configuration, NOTED), configuration.project_id
    record(actor, Action.DELETE, configuration, before, project=project)
    delete_models(configuration.trained_models.all())
    configuration.delete()


def _check(configuration: ModelConfiguration) -> None:
    try:
        algorithm(configuration.recommender_class_name)
        check_parameters(
            configuration.recommender_class_name, configuration.parameters_json
        )
    except ConfigError as error:
        raise Invalid({_FIELDS[error.code]: [str(error)]}, code=error.code) from error
