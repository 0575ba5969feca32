"""From a file to recommendations, in both modes, and again after a restart."""

import pytest
from dataset import Dataset
from main_job import Options, check_again, run
from running import Running

from recotem_embedded.testing import PASSWORD


@pytest.mark.timeout(900)
def test_the_main_job_runs_and_survives_a_restart(
    recotem: Running, dataset: Dataset
) -> None:
    options = Options(
        url=recotem.url,
        inference_url=recotem.inference_url,
        data=dataset.data,
        items=dataset.items,
        user_column=dataset.user_column,
        item_column=dataset.item_column,
        time_column=dataset.time_column,
        password=PASSWORD,
        n_trials=20,
    )
    outcome = run(options)
    recotem.restart()
    check_again(options, outcome)
