"""The computing child of an attempt at a search."""

import logging
import math
import os
import signal
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, Self

from django.conf import settings
from django.db import close_old_connections

from recotem.datasets.services.versions import interactions_of
from recotem.jobs.errors import JobFailed
from recotem.jobs.holding import Held
from recotem.jobs.limits import took_too_long
from recotem.tuning.models import ParameterTuningJob
from recotem.tuning.services.progress import seconds_to_deadline
from recotem.tuning.services.scratch import split_file, split_spec, tuning_spec
from recotem_engine.compute import (
    Compute,
    ComputeCrashed,
    ComputeStopped,
    ComputeTimeout,
)
from recotem_engine.errors import ConfigError, DataError

log = logging.getLogger(__name__)

OUT_OF_TIME = "out of time"
#: How often a step without which there is no result is tried.
TRIES = 3


class SearchChild:
    """A child with the split loaded, started when first needed and after a crash."""

    def __init__(self, tuning_job: ParameterTuningJob, held: Held) -> None:
        self._tuning_job = tuning_job
        self._held = held
        self._compute: Compute | None = None
        self._searching = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._compute is not None:
            self._compute.close()
            self._compute = None

    @property
    def out_of_time(self) -> bool:
        left = seconds_to_deadline(self._tuning_job, self._tuning_job.job)
        return left is not None and left <= 0

    def search_is_over(self) -> None:
        """From now on the deadline of the search stops no call."""
        self._searching = False

    def call(self, op: str, *, timeout: float | None = None, **args: Any) -> Any:
        """As `Compute.call`; the call after a crash has a new child.

        timeout: at most, and by default, STEP_TIME_LIMIT. Raises ComputeStopped for the
        reasons of `Held`, and OUT_OF_TIME.
        """
        if reason := self._stop_reason():
            raise ComputeStopped(reason)
        if self._compute is None:
            self._compute = self._surely("Preparing the split", self._open)
        try:
            return self._compute.call(
                op,
                should_stop=self._stop_reason,
                timeout=min(timeout or math.inf, settings.STEP_TIME_LIMIT),
                **args,
            )
        except BaseException:
            self.close()
            raise
        finally:
            close_old_connections()

    def test(self, best: dict[str, Any]) -> Any:
        """The report on the winner. Raises JobFailed when there can be none."""
        call = partial(self.call, "finish_tuning", best=best)
        return self._surely("Testing the winner", call)

    def what_failed(self, crash: ComputeCrashed) -> str:
        """A sentence that names the limit, if that is what ended the process."""
        if crash.code == "out_of_memory" and crash.returncode != -signal.SIGKILL:
            budget = self._tuning_job.memory_budget
            return f"It needs more than the job's memory_budget of {budget} MB."
        return str(crash)

    def _surely[T](self, what: str, step: Callable[[], T]) -> T:
        """Try again after a crash; JobFailed when it crashes each time."""
        for _ in range(TRIES):
            try:
                return step()
            except ComputeCrashed as error:
                log.warning("%s crashed: %s\n%s", what, error, error.stderr)
                sentence = f"{what} failed. {self.what_failed(error)}"
            except ComputeTimeout as error:
                raise JobFailed(took_too_long(what)) from error
        raise JobFailed(sentence)

    def _stop_reason(self) -> str | None:
        if self._searching and self.out_of_time:
            return OUT_OF_TIME
        return self._held.stop_reason()

    def _open(self) -> Compute:
        threads = max(1, (os.cpu_count() or 1) // self._tuning_job.n_tasks_parallel)
        compute = Compute(
            memory_limit_bytes=self._tuning_job.memory_budget * 1024**2,
            threads=threads,
            nice=5,
        )
        try:
            self._load(compute)
        except (ConfigError, DataError) as error:
            compute.close()
            raise JobFailed(str(error)) from error
        except BaseException:
            compute.close()
            raise
        return compute

    def _load(self, compute: Compute) -> None:
        """Open the job's split in the child, having made it if nobody has."""
        split = split_file(self._tuning_job.job_id)
        if not split.exists():
            data = self._tuning_job.data
            interactions = interactions_of(data, self._tuning_job.data_version)
            if interactions is None:
                raise JobFailed("The file of the data was removed.")
            draft = split.with_name(f"{uuid.uuid4()}.npz")
            compute.call(
                "prepare_split",
                should_stop=self._stop_reason,
                timeout=settings.STEP_TIME_LIMIT,
                interactions=str(interactions),
                split_spec=split_spec(self._tuning_job.split).to_json(),
                out=str(draft),
            )
            draft.replace(split)
        compute.call(
            "open_tuning",
            should_stop=self._stop_reason,
            timeout=settings.STEP_TIME_LIMIT,
            split=str(split),
            tuning_spec=tuning_spec(self._tuning_job).to_json(),
        )
