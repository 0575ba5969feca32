"""What a search is made of, and the folder in which its attempts share one split."""

from pathlib import Path

from recotem.core.storage import workplace
from recotem.tuning.models import EvaluationConfig, ParameterTuningJob, SplitConfig
from recotem_engine.algorithms import default_algorithms
from recotem_engine.evaluation import EvaluationSpec
from recotem_engine.splitting import SplitSpec
from recotem_engine.trials import TuningSpec


def scratch_folder(job_id: int) -> str:
    """Workplace of the files that live as long as the job runs."""
    return f"work/{job_id}"


def split_file(job_id: int) -> Path:
    return workplace(scratch_folder(job_id)) / "split.npz"


def split_spec(config: SplitConfig) -> SplitSpec:
    return SplitSpec(
        scheme=config.scheme,
        heldout_ratio=config.heldout_ratio,
        n_heldout=config.n_heldout,
        test_user_ratio=config.test_user_ratio,
        n_test_users=config.n_test_users,
        random_seed=config.random_seed,
    )


def tuning_spec(tuning_job: ParameterTuningJob) -> TuningSpec:
    """The same for each attempt. Without a seed, jobs differ by their id."""
    seed = tuning_job.random_seed
    return TuningSpec(
        n_trials=tuning_job.n_trials,
        evaluation=evaluation_spec(tuning_job.evaluation),
        random_seed=tuning_job.pk if seed is None else seed,
        algorithms=_algorithms(tuning_job),
    )


def _algorithms(tuning_job: ParameterTuningJob) -> tuple[str, ...]:
    """Those that the job names, else what suits data of this size."""
    if tuning_job.tried_algorithms_json:
        return tuple(tuning_job.tried_algorithms_json)
    data = tuning_job.data
    version = data.versions.filter(number=tuning_job.data_version or 0).first()
    return default_algorithms((version or data).n_items or 0)


def evaluation_spec(config: EvaluationConfig) -> EvaluationSpec:
    return EvaluationSpec(cutoff=config.cutoff, target_metric=config.target_metric)
