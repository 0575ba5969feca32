import math
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from recotem.core.actor import Actor
from recotem.jobs.models import TaskLog
from recotem.projects.selectors import in_projects_of
from recotem.tuning.models import (
    EvaluationConfig,
    ParameterTuningJob,
    SplitConfig,
    Trial,
)
from recotem_engine.algorithms import ALGORITHMS, Algorithm
from recotem_engine.parameters import ParameterSpec

FINISHED = (Trial.State.COMPLETED, Trial.State.FAILED)


def split_configs_for(actor: Actor) -> QuerySet[SplitConfig]:
    """Those the actor created; staff see all."""
    rows = SplitConfig.objects.all()
    return rows if actor.sees_everything else rows.filter(created_by_id=actor.user.pk)


def evaluation_configs_for(actor: Actor) -> QuerySet[EvaluationConfig]:
    """Those the actor created; staff see all."""
    rows = EvaluationConfig.objects.all()
    return rows if actor.sees_everything else rows.filter(created_by_id=actor.user.pk)


def tuning_jobs_for(actor: Actor) -> QuerySet[ParameterTuningJob]:
    """Jobs on the data of the projects that the actor sees, with `n_trials_done`."""
    rows = in_projects_of(ParameterTuningJob.objects.all(), actor)
    trials = Trial.objects.filter(tuning_job=OuterRef("pk"), state__in=FINISHED)
    count = trials.order_by().values("tuning_job").annotate(n=Count("pk")).values("n")
    return (
        rows.select_related("job")
        .prefetch_related("job__attempts")
        .annotate(n_trials_done=Coalesce(Subquery(count), 0))
    )


def finished_trials(tuning_job: ParameterTuningJob) -> QuerySet[Trial]:
    """Trials with a result or a failure of their own, the newest first."""
    return tuning_job.trials.filter(state__in=FINISHED).order_by("-number")


def task_logs_for(actor: Actor) -> QuerySet[TaskLog]:
    """Lines of the jobs in the projects that the actor sees."""
    return in_projects_of(TaskLog.objects.select_related("attempt"), actor)


def algorithms() -> list[dict[str, Any]]:
    """What can be tried, with the parameters of each."""
    return [_described(item) for item in ALGORITHMS.values()]


def _described(item: Algorithm) -> dict[str, Any]:
    return {
        "name": item.name,
        "class_name": item.class_name,
        "description": item.description,
        "tried_by_default": item.tried_by_default,
        "most_items": item.most_items,
        "parameters": [
            _parameter(name, spec) for name, spec in item.parameters.items()
        ],
    }


def _parameter(name: str, spec: ParameterSpec) -> dict[str, Any]:
    return {
        "name": name,
        "type": spec.type.__name__,
        "default": spec.default,
        "minimum": _finite(spec.minimum),
        "maximum": _finite(spec.maximum),
        "choices": list(spec.choices),
        "searched": spec.searched,
        "search_low": spec.low,
        "search_high": spec.high,
        "log": spec.log,
    }


def _finite(bound: float) -> float | None:
    return bound if math.isfinite(bound) else None
