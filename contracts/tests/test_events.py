from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from recotem_contracts import job_events, model_events


@pytest.mark.parametrize("message", ["", "{}", '{"event":"other"}', b"\xff"])
def test_an_unknown_model_event_is_refused(message):
    with pytest.raises(ValidationError):
        model_events.parse(message)


@pytest.mark.parametrize(
    "event",
    [
        model_events.ModelTrained(model_id=3, project_id=1),
        model_events.ModelDeleted(model_id=3, project_id=1),
        model_events.SlotsChanged(project_id=1),
        model_events.KeyChanged(project_id=1),
    ],
)
def test_model_events_survive_the_channel(event):
    assert model_events.parse(event.to_json()) == event


def test_a_trained_model_is_announced_as_clients_know_it():
    message = model_events.ModelTrained(model_id=3, project_id=1).to_json()
    assert message == '{"event":"model_trained","model_id":3,"project_id":1}'


def test_job_events_survive_the_socket():
    line = job_events.Log(
        message="Trial 1", timestamp=datetime(2026, 1, 2, tzinfo=UTC), seq=7
    )
    update = job_events.StatusUpdate(status="RUNNING", data={"n_trials_done": 1}, seq=7)
    for event in (line, update, job_events.Ping(), job_events.Pong()):
        assert job_events.parse(event.to_json()) == event
    assert '"timestamp":"2026-01-02T00:00:00Z"' in line.to_json()
