"""Roles in a project, asked before anything else about a change."""

from operator import attrgetter
from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from recotem.core.actor import actor_of
from recotem.core.permissions import IsAllowed
from recotem.projects.selectors import Need
from recotem.projects.services import require_role


class HasRole(IsAllowed):
    """Who sees a row may change it as an editor, delete it or its file as an owner.

    A view says in `project` by which attributes its rows lead to the project's id.
    """

    def has_object_permission(self, request: Request, view: object, obj: Any) -> bool:
        if request.method not in SAFE_METHODS:
            project_id = attrgetter(getattr(view, "project", "project_id"))(obj)
            need: Need = "owner" if request.method == "DELETE" else "editor"
            require_role(actor_of(request), project_id, need)
        return True
