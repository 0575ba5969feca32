from django.db import transaction

from recotem.core.actor import Actor
from recotem.core.audit import Action, facts, record
from recotem.core.errors import Forbidden
from recotem.core.revisions import bump_serving
from recotem.projects.errors import ColumnsLocked
from recotem.projects.models import Project
from recotem.projects.selectors import Need, projects_for

COLUMNS = ("user_column", "item_column", "time_column")
NOTED = ("name", "owner_id", *COLUMNS, "exposure_sampling")


def require_role(actor: Actor, project: Project | int, need: Need) -> None:
    """Raises Forbidden unless the actor has at least this role in the project."""
    pk = project.pk if isinstance(project, Project) else project
    if not projects_for(actor, need).filter(pk=pk).exists():
        raise Forbidden(
            f"This needs the role '{need}' in the project.", code="role_missing"
        )


def create_project(*, actor: Actor, **values: object) -> Project:
    """A project of the actor's own. Raises Forbidden for a key."""
    if actor.key_id is not None:
        raise Forbidden("API keys cannot create projects.", code="key_not_accepted")
    with transaction.atomic():
        project = Project.objects.create(owner_id=actor.user_id, **values)
        after = facts(project, NOTED)
        record(actor, Action.CREATE, project, after=after, project=project.pk)
        return project


@transaction.atomic
def update_project(*, actor: Actor, project: Project, **changes: object) -> Project:
    """Raises ColumnsLocked for another column once there is data to be read by it."""
    require_role(actor, project, "editor")
    project = Project.objects.select_for_update().get(pk=project.pk)
    moved = [name for name in COLUMNS if name in changes]
    if any(getattr(project, name) != changes[name] for name in moved):
        _require_no_data(project)
    before = facts(project, NOTED)
    for name, value in changes.items():
        setattr(project, name, value)
    project.save()
    if project.exposure_sampling != before["exposure_sampling"]:
        bump_serving()
    after = facts(project, NOTED)
    record(actor, Action.UPDATE, project, before, after, project=project.pk)
    return project


def _require_no_data(project: Project) -> None:
    if project.training_data.exists() or project.item_meta_data.exists():
        raise ColumnsLocked


@transaction.atomic
def delete_project(*, actor: Actor, project: Project) -> None:
    """Delete the project with all that hangs on it."""
    if actor.key_id is not None:
        raise Forbidden("API keys cannot delete projects.", code="key_not_accepted")
    require_role(actor, project, "owner")
    before = facts(project, NOTED)
    record(actor, Action.DELETE, project, before, project=project.pk)
    # Events that are on their way come before the deletion, or are refused.
    list(project.slots.order_by("pk").select_for_update().values_list("pk"))
    # What refuses to lose its slot or its model goes first.
    for dependent in (project.conversion_events, project.ab_tests, project.slots):
        dependent.all().delete()
    project.delete()
    bump_serving()
