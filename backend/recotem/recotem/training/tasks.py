from celery import Task, shared_task

from recotem.training.services.train import run_training


@shared_task(name="recotem.training.run", bind=True)
def run(self: Task, model_id: int) -> None:
    """One attempt at training a model."""
    run_training(
        model_id=model_id,
        task_id=self.request.id or "",
        worker=self.request.hostname or "",
    )
