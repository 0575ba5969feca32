from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from recotem.core.models import AuditEntry
from recotem.projects.models import Membership, Project
from recotem.tuning.models import EvaluationConfig, SplitConfig
from tests.factories import (
    EvaluationConfigFactory,
    MembershipFactory,
    ProjectFactory,
    SplitConfigFactory,
    UserFactory,
)


def run(*options: str) -> str:
    out = StringIO()
    call_command("assign_owners", "--user", "heir", *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def gone(db):
    gone = UserFactory(username="gone", is_active=False)
    ProjectFactory(owner=gone, name="left behind")
    SplitConfigFactory(created_by=gone)
    EvaluationConfigFactory(created_by=gone)
    return gone


@pytest.fixture
def heir(db):
    return UserFactory(username="heir")


def owners() -> set[str]:
    rows = [*SplitConfig.objects.all(), *EvaluationConfig.objects.all()]
    names = {row.created_by.username for row in rows}
    return names | {project.owner.username for project in Project.objects.all()}


def test_nobody_who_is_deactivated_or_unknown_gets_anything(gone):
    with pytest.raises(CommandError, match="no active account heir"):
        run()
    UserFactory(username="heir", is_active=False)
    with pytest.raises(CommandError, match="no active account heir"):
        run()
    assert owners() == {"gone"}


def test_a_dry_run_tells_and_changes_nothing(gone, heir):
    assert "(left behind): gone → heir" in run("--dry-run")
    assert owners() == {"gone"}


def test_what_was_left_behind_changes_hands_and_nothing_else_does(gone, heir):
    others = ProjectFactory(owner=UserFactory(username="busy"))
    MembershipFactory(
        project=Project.objects.get(name="left behind"), user=heir, role="viewer"
    )
    assert "3 rows given to heir." in run()
    assert owners() == {"heir", "busy"}
    others.refresh_from_db()
    assert others.owner.username == "busy"
    assert not Membership.objects.filter(user=heir).exists()
    assert AuditEntry.objects.get(kind="project").before == {"owner": "gone"}
    assert "0 rows given to heir." in run()


def test_two_projects_of_one_name_are_refused_and_nothing_changes(gone, heir):
    ProjectFactory(owner=heir, name="left behind")
    with pytest.raises(CommandError, match="two projects called 'left behind'"):
        run()
    assert SplitConfig.objects.get().created_by == gone
