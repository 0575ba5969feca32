"""One row of each kind, every text of it marked."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from main_job import Json, Management

ALGORITHM = "TopPop"


@dataclass
class Tenant:
    """Who somebody is, what marks the texts, and the id of the row of each resource."""

    name: str
    marker: str
    rows: dict[str, int] = field(default_factory=dict)


def furnish(api: Management, name: str, marker: str) -> Tenant:
    """Move in: data, a tuned and a trained model, a slot, a review, an event, a key."""
    tenant = Tenant(name, marker)
    steps = (_project, _data, _configurations, _models, _serving, _reviewed, _planned)
    for step in steps:
        step(api, tenant)
    return tenant


def _create(api: Management, tenant: Tenant, resource: str, **fields: object) -> Json:
    row = api.create(resource, **fields)
    tenant.rows[resource] = row["id"]
    return row


def _project(api: Management, tenant: Tenant) -> None:
    columns = {f"{kind}_column": f"{kind}_{tenant.marker}" for kind in ("user", "item")}
    _create(api, tenant, "project", name=f"shop {tenant.marker}", **columns)


def _data(api: Management, tenant: Tenant) -> None:
    mark, project = tenant.marker, tenant.rows["project"]
    pairs = [(u, i) for u in range(12) for i in range(8) if (u + i) % 3]
    lines = [f"{mark}u{u},{mark}i{i}" for u, i in pairs]
    files = {
        "training_data": [f"user_{mark},item_{mark}", *lines],
        "item_meta_data": [
            f"item_{mark},title",
            *(f"{mark}i{i},{mark}" for i in range(8)),
        ],
    }
    with tempfile.TemporaryDirectory() as folder:
        for resource, content in files.items():
            file = Path(folder) / f"{resource}_{mark}.csv"
            file.write_text("\n".join(content))
            tenant.rows[resource] = api.upload(resource, project, file)["id"]


def _configurations(api: Management, tenant: Tenant) -> None:
    mark, project = tenant.marker, tenant.rows["project"]
    _create(api, tenant, "split_config", name=mark)
    _create(api, tenant, "evaluation_config", name=mark, cutoff=5)
    _create(
        api,
        tenant,
        "model_configuration",
        project=project,
        name=mark,
        recommender_class_name=ALGORITHM,
    )


def _models(api: Management, tenant: Tenant) -> None:
    rows = tenant.rows
    job = _create(
        api,
        tenant,
        "parameter_tuning_job",
        data=rows["training_data"],
        split=rows["split_config"],
        evaluation=rows["evaluation_config"],
        n_trials=1,
        tried_algorithms_json=[ALGORITHM],
    )
    api.wait("parameter_tuning_job", job["id"], ("COMPLETED",), ("FAILED",))
    lines = api.send("GET", "task_log/", params={"tuning_job_id": job["id"]})
    rows["task_log"] = lines["results"][0]["id"]
    model = _create(
        api,
        tenant,
        "trained_model",
        configuration=rows["model_configuration"],
        data_loc=rows["training_data"],
    )
    api.wait("trained_model", model["id"], ("READY",), ("FAILED",))


def _serving(api: Management, tenant: Tenant) -> None:
    mark, rows = tenant.marker, tenant.rows
    project = rows["project"]
    _create(
        api,
        tenant,
        "deployment_slot",
        project=project,
        name=mark,
        trained_model=rows["trained_model"],
    )
    _create(
        api,
        tenant,
        "conversion_event",
        project=project,
        deployment_slot=rows["deployment_slot"],
        user_id=f"{mark}u1",
        item_id=f"{mark}i1",
        event_type="click",
        metadata_json={mark: mark},
    )
    _create(api, tenant, "api_keys", project=project, name=mark, scopes=["read"])


def _reviewed(api: Management, tenant: Tenant) -> None:
    """What the slot serves is in the log, and another model wants its place."""
    rows = tenant.rows
    log = api.send("GET", "deployment/", params={"slot": rows["deployment_slot"]})
    rows["deployment"] = log["results"][0]["id"]
    rival = api.create(
        "trained_model",
        configuration=rows["model_configuration"],
        data_loc=rows["training_data"],
    )
    api.wait("trained_model", rival["id"], ("READY",), ("FAILED",))
    review = _create(
        api,
        tenant,
        "gate_review",
        project=rows["project"],
        slot=rows["deployment_slot"],
        trained_model=rival["id"],
    )
    api.wait("gate_review", review["id"], ("COMPLETED",), ("FAILED",))
    reason = {"reason": tenant.marker}
    api.send("POST", f"gate_review/{review['id']}/override/", json=reason)


def _planned(api: Management, tenant: Tenant) -> None:
    """What is compared, and what is repeated."""
    mark, rows = tenant.marker, tenant.rows
    arm = api.create(
        "deployment_slot",
        project=rows["project"],
        name=f"{mark} arm",
        trained_model=rows["trained_model"],
    )
    _create(
        api,
        tenant,
        "ab_test",
        project=rows["project"],
        name=mark,
        control_slot=rows["deployment_slot"],
        variant_slot=arm["id"],
    )
    _create(
        api,
        tenant,
        "retraining_schedule",
        project=rows["project"],
        training_data=rows["training_data"],
        model_configuration=rows["model_configuration"],
    )
    url = f"https://{mark}.example.org/{mark}"
    _create(api, tenant, "webhook", project=rows["project"], url=url, is_active=False)
