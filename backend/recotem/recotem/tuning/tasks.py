from celery import Task, shared_task

from recotem.tuning.services.search import run_tuning


@shared_task(name="recotem.tuning.run", bind=True)
def run(self: Task, job_id: int) -> None:
    """One attempt at a search."""
    run_tuning(
        job_id=job_id,
        task_id=str(self.request.id),
        worker=self.request.hostname or "",
    )
