"""What of a search is done again when its job is retried."""

from recotem.datasets.services.versions import is_readable
from recotem.jobs.errors import CannotRetry
from recotem.training.models import TrainedModel
from recotem.training.services.train import reopen_models
from recotem.tuning.models import ParameterTuningJob, Trial
from recotem.tuning.services.progress import report


def take_up_search(tuning_job: ParameterTuningJob) -> None:
    """Prepare the rows of a job that is PENDING again, inside that transaction.

    Raises CannotRetry when what is left to do needs something that is gone.
    """
    tuning_job.refresh_from_db(fields=("result", "best_config", "finishing_attempt"))
    if not is_readable(tuning_job.data, tuning_job.data_version):
        raise CannotRetry("The file of the data was removed.")
    if tuning_job.result is None:
        _search_again(tuning_job)
    elif tuning_job.best_config is None:
        raise CannotRetry("The best configuration was deleted. Create a new job.")
    reopen_models(TrainedModel.objects.filter(tuning_job=tuning_job))
    report(tuning_job, tuning_job.job)


def _search_again(tuning_job: ParameterTuningJob) -> None:
    tuning_job.finishing_attempt = None
    tuning_job.save(update_fields=("finishing_attempt", "updated_at"))
    tuning_job.trials.filter(state=Trial.State.FAILED).delete()
