from typing import Any, Literal

from django.db.models import (
    Case,
    Exists,
    Max,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from recotem.core.actor import Actor
from recotem.projects.models import Membership, Project

Need = Literal["viewer", "editor", "owner"]

_Role = Membership.Role
#: So many projects can be named one by one.
_FEW = 200
#: Which roles are enough for which need.
ENOUGH: dict[str, tuple[str, ...]] = {
    "viewer": (_Role.VIEWER, _Role.EDITOR, _Role.OWNER),
    "editor": (_Role.EDITOR, _Role.OWNER),
    "owner": (_Role.OWNER,),
}


def projects_for(actor: Actor, need: Need = "viewer") -> QuerySet[Project]:
    """Projects in which the actor has at least this role; a key sees only its own."""
    projects = Project.objects.all()
    if actor.key_project_id is not None:
        projects = projects.filter(pk=actor.key_project_id)
    if actor.is_staff:
        return projects
    member = _memberships(actor, need).filter(project=OuterRef("pk"))
    return projects.filter(Q(owner_id=actor.user_id) | Exists(member))


def in_projects_of[Row: Model](
    rows: QuerySet[Row], actor: Actor, need: Need = "viewer"
) -> QuerySet[Row]:
    """Of these rows those whose `project` the actor sees."""
    if actor.sees_everything:
        return rows
    return rows.filter(project__in=project_keys(actor, need))


def project_keys(actor: Actor, need: Need = "viewer") -> Any:
    """The keys of the projects that the actor sees, for a filter with `in`."""
    if not actor.user_id:
        return []
    keys = projects_for(actor, need).order_by().values_list("pk", flat=True)
    own = keys if actor.key_id else _own_keys(actor, need)
    # Named one by one, if they are few: the database then knows what to expect.
    few = list(own[: _FEW + 1])
    return few if len(few) <= _FEW else own


def _own_keys(actor: Actor, need: Need) -> Any:
    """As by `projects_for`, from two indexes and without reading all projects."""
    owned = Project.objects.filter(owner_id=actor.user_id).order_by()
    joined = _memberships(actor, need).order_by()
    return owned.values_list("pk", flat=True).union(
        joined.values_list("project_id", flat=True), all=True
    )


def _memberships(actor: Actor, need: Need) -> QuerySet[Membership]:
    return Membership.objects.filter(user_id=actor.user_id, role__in=ENOUGH[need])


def projects_with_role(actor: Actor) -> QuerySet[Project]:
    """What the actor sees, each with his `role` in it; staff act as owners."""
    membership = Membership.objects.filter(project=OuterRef("pk"), user=actor.user_id)
    owner, of_member = Value(_Role.OWNER.value), membership.values("role")[:1]
    role = Case(When(owner_id=actor.user_id, then=owner), default=Subquery(of_member))
    projects = Project.objects.all()
    if not actor.sees_everything:
        projects = projects.filter(pk__in=project_keys(actor))
    return projects.annotate(role=owner if actor.is_staff else role)


def members_of(project_id: int) -> QuerySet[Membership]:
    """Everybody who was let in; the project's own owner is not among them."""
    return Membership.objects.filter(project=project_id).select_related("user")


def summary_of(project: Project) -> dict[str, Any]:
    """How much there is of everything. Each count goes its own way through the
    tables, so that none multiplies another."""
    rows = Project.objects.filter(pk=project.pk)
    jobs, models = "training_data__tuning_jobs", "model_configurations__trained_models"
    return {
        "n_data": project.training_data.count(),
        "n_complete_jobs": rows.filter(**{f"{jobs}__job__status": "COMPLETED"}).count(),
        "n_models": rows.filter(**{f"{models}__isnull": False}).count(),
        "n_slots": project.slots.count(),
        "n_running_tests": project.ab_tests.filter(status="RUNNING").count(),
        "last_trained_at": rows.filter(**{f"{models}__status": "READY"}).aggregate(
            latest=Max(f"{models}__updated_at")
        )["latest"],
        "ins_datetime": project.ins_datetime,
    }
