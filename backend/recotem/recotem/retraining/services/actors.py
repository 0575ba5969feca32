from recotem.accounts.models import User
from recotem.core.actor import Actor
from recotem.retraining.models import RetrainingSchedule


def clock_of(schedule: RetrainingSchedule) -> Actor:
    """It acts in nobody's name, whoever comes and goes, and in this project only."""
    nobody = User(username=f"retraining schedule {schedule.pk}", is_staff=True)
    return Actor(nobody, key_project_id=schedule.project_id)
