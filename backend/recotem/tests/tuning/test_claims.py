"""Trials are claimed without races, from however many machines."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from recotem.datasets.models import TrainingData
from recotem.jobs.attempts import claim
from recotem.tuning.models import ParameterTuningJob
from recotem.tuning.services.trials import claim_trial
from tests.tuning.conftest import search_of

N_WORKERS, N_TRIALS, SECONDS = 6, 20, 60


def test_no_trial_is_claimed_twice_however_many_claim_at_once(
    data: TrainingData,
) -> None:
    tuning_job = search_of(data, n_trials=N_TRIALS, n_tasks_parallel=N_WORKERS)
    together = threading.Barrier(N_WORKERS)

    def claim_all(worker: int) -> list[int]:
        together.wait(SECONDS)
        mine = ParameterTuningJob.objects.get(pk=tuning_job.pk)
        try:
            attempt = claim(mine.job_id, f"task-{worker}", f"worker-{worker}")
            assert attempt is not None
            claimed = []
            while trial := claim_trial(mine, attempt, out_of_time=False):
                claimed.append(trial.number)
            return claimed
        finally:
            connections.close_all()

    with ThreadPoolExecutor(N_WORKERS) as pool:
        numbers = [n for found in pool.map(claim_all, range(N_WORKERS)) for n in found]
    assert Counter(numbers) == Counter(range(1, N_TRIALS + 1))
