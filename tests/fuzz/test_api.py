"""schemathesis against the running management API, as one tenant beside another.

All it sends may be refused, but never with a 5xx, an undocumented status or body, or
anything that belongs to the other tenant, and the other tenant's rows stay as they are.

FUZZ_SECONDS (180) is shared among the callers; FUZZ_SEED (1) makes other requests.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from house import ATTACKER, MARKER, STAFF, VICTIM, House
from rows import Stored, mark_logs, stored
from tenants import Tenant

HERE = Path(__file__).parent
SECONDS = int(os.environ.get("FUZZ_SECONDS", "180"))
SEED = os.environ.get("FUZZ_SEED", "1")
ONE_BY_ONE, CHAINS = "examples,coverage,fuzzing", "stateful"
#: Shares of the time, by who asks and how. Staff see everything, so they ask only for
#: what is closed to all others. Chains follow a row from its making to its end.
SHARES = {
    ("person", ONE_BY_ONE): 0.4,
    ("person", CHAINS): 0.25,
    ("key", ONE_BY_ONE): 0.2,
    ("staff", ONE_BY_ONE): 0.15,
}
STAFF_ONLY = r"^/api/v1/(users|audit_log)/"
#: Setting up and looking at the last answers takes its time on a small machine.
SLACK = 1200


@dataclass
class Scene:
    house: House
    attacker: Tenant
    victim: Tenant
    before: Stored

    def stored(self) -> Stored:
        return stored(self.house.database_url, self.house.folder / "media")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    if not os.environ.get("TEST_DATABASE_URL"):
        pytest.skip("SKIPPED: the fuzzing needs scripts/with-services.")
    with House(tmp_path_factory.mktemp("house")) as house:
        try:
            house.appoint(STAFF)
            victim = house.let_in(VICTIM, MARKER)
            house.send_worker_home()  # the last words about a job come after its end
            mark_logs(house.database_url, MARKER)
            before = stored(house.database_url, house.folder / "media")
            house.launch("worker")
            attacker = house.let_in(ATTACKER, ATTACKER)
            house.send_worker_home()
            yield Scene(house, attacker, victim, before)
        finally:
            print(house.logs())


@pytest.mark.timeout(SECONDS + SLACK)
@pytest.mark.parametrize(
    ("caller", "phases"),
    [("person", ONE_BY_ONE), ("person", CHAINS), ("key", ONE_BY_ONE)],
    ids=["person", "person in chains", "key"],
)
def test_a_tenant_gets_documented_answers_and_nothing_of_another(
    scene: Scene, caller: str, phases: str
) -> None:
    fuzz(scene, caller, phases)
    lost = scene.before - scene.stored()
    assert not lost, "\n".join(map(str, lost))


@pytest.mark.timeout(SECONDS + SLACK)
def test_staff_get_documented_answers(scene: Scene) -> None:
    fuzz(scene, "staff", ONE_BY_ONE, "--include-path-regex", STAFF_ONLY)


def fuzz(scene: Scene, caller: str, phases: str, *options: str) -> None:
    seconds = max(20, round(SECONDS * SHARES[caller, phases]))
    print(f"Again: FUZZ_SECONDS={SECONDS} FUZZ_SEED={SEED} make test-fuzz ({caller})")
    file = configuration(scene, caller)
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--no-color"),
            *("--config-file", str(file)),
            *("run", f"{scene.house.url}/api/v1/schema/", *options),
            *("--phases", phases, "--max-time", str(seconds), "--seed", SEED),
        ],
        cwd=scene.house.folder,
        env={
            **os.environ,
            "PYTHONPATH": str(HERE),
            "SCHEMATHESIS_HOOKS": "hooks",
            "RECOTEM_FUZZ_CAST": str(scene.house.describe(*tenants(scene, caller))),
        },
        check=False,
    )
    assert run.returncode == 0, "See schemathesis's own report above."


def tenants(scene: Scene, caller: str) -> tuple[Tenant, Tenant | None]:
    """Whose rows are asked for, and whose marker may not be seen."""
    if caller == "staff":
        account = scene.house.account_of(STAFF)
        return Tenant(STAFF, STAFF, {"users": account}), None
    return scene.attacker, scene.victim


def configuration(scene: Scene, caller: str) -> Path:
    """The checked-in options and the caller's credentials, fresh ones."""
    if caller == "key":
        key = scene.house.give_key(scene.attacker)
        credentials = f'[auth.openapi.api_key]\napi_key = "{key}"\n'
    else:
        token = scene.house.token_of(STAFF if caller == "staff" else ATTACKER)
        credentials = f'[auth.openapi.bearer]\nbearer = "{token}"\n'
    file = scene.house.folder / f"{caller}.toml"
    file.write_text(f"{(HERE / 'schemathesis.toml').read_text()}\n{credentials}")
    return file
