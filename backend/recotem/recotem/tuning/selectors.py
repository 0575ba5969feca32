import math
from typing import Any

from django.db.models import Count, Q, QuerySet

from recotem.core.actor import Actor
from recotem.jobs.models import TaskLog
from recotem.projects.selectors import projects_for
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
    rows = ParameterTuningJob.objects.filter(data__project__in=projects_for(actor))
    done = Count("trials", filter=Q(trials__state__in=FINISHED))
    return (
        rows.select_related("job", "data__project")
        .prefetch_related("job__attempts")
        .annotate(n_trials_done=done)
        .order_by("-id")
    )


def finished_trials(tuning_job: ParameterTuningJob) -> QuerySet[Trial]:
    """Trials with a result or a failure of their own, the newest first."""
    return tuning_job.trials.filter(state__in=FINISHED).order_by("-number")


def task_logs_for(actor: Actor) -> QuerySet[TaskLog]:
    """Lines of the tuning jobs and trainings in the projects that the actor sees."""
    projects = projects_for(actor).values("pk")
    rows = TaskLog.objects.filter(
        Q(job__tuning_job__data__project__in=projects)
        | Q(job__trained_model__configuration__project__in=projects)
    )
    return rows.select_related("attempt")


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
