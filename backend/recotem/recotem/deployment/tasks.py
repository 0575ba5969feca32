from celery import Task, shared_task

from recotem.deployment.services.comparing import run_review


@shared_task(name="recotem.deployment.review", bind=True)
def review(self: Task, review_id: int) -> None:
    """One attempt at comparing a candidate with a champion."""
    run_review(
        review_id=review_id,
        task_id=self.request.id or "",
        worker=self.request.hostname or "",
    )
