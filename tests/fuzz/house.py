"""A deployed Recotem that two tenants live in."""

import json
import secrets
from dataclasses import asdict
from pathlib import Path

import httpx
from deployed import DeployedRecotem
from main_job import Json, Management, checked
from tenants import Tenant, furnish

from recotem_embedded.testing import PASSWORD

ATTACKER, VICTIM, STAFF = "mallory", "victoria", "stella"
#: Of the tenant who must stay unseen. No generated request ever contains it.
MARKER = "zq7victoria7qz"
#: A whole run takes place within one session, and nobody is slowed down.
ENVIRONMENT = {
    "ACCESS_TOKEN_LIFETIME": "86400",
    "RECOTEM_MAX_UPLOAD_BYTES": "100000",
    "LOG_LEVEL": "WARNING",
    "DJANGO_LOG_LEVEL": "ERROR",
}


class House(DeployedRecotem):
    """The web process and, until the tenants have moved in, a worker.

    Jobs that a run starts stay PENDING, so that none of them eats the machine.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, ENVIRONMENT)

    def commands(self) -> dict[str, list[str]]:
        port = str(self.backend_port)
        web = ["uvicorn", "recotem.asgi:application", "--port", port]
        return {
            "web": [*web, "--no-access-log", "--lifespan", "off"],
            "worker": super().commands()["worker"],
        }

    @property
    def database_url(self) -> str:
        return self.environment["DATABASE_URL"]

    def let_in(self, name: str, marker: str) -> Tenant:
        self.manage("create_test_users", "--user", f"{name}:{PASSWORD}")
        with Management(self.url, name, PASSWORD) as api:
            return furnish(api, name, marker)

    def appoint(self, name: str) -> None:
        """A member of staff. Superusers stay out of reach of all the requests."""
        account = {"username": name, "password": PASSWORD, "is_staff": True}
        with Management(self.url, "admin", PASSWORD) as api:
            api.create("users", **account)

    def give_key(self, tenant: Tenant) -> str:
        """A key with every scope, which is from now on the tenant's own row."""
        fields = {"project": tenant.rows["project"], "name": secrets.token_hex(4)}
        scopes = ["read", "write", "predict"]
        with Management(self.url, tenant.name, PASSWORD) as api:
            row = api.create("api_keys", **fields, scopes=scopes)
        tenant.rows["api_keys"] = row["id"]
        return str(row["key"])

    def token_of(self, name: str) -> str:
        return str(self.sign_in(name)["access"])

    def account_of(self, name: str) -> int:
        return int(self.sign_in(name)["user"]["pk"])

    def sign_in(self, name: str) -> Json:
        person = {"username": name, "password": PASSWORD}
        url = f"{self.url}/api/v1/auth/login/"
        answer: Json = checked(
            httpx.post(url, json=person, timeout=60, trust_env=False)
        )
        return answer

    def send_worker_home(self) -> None:
        worker = self.processes.pop("worker")
        worker.terminate()
        worker.wait(120)

    def describe(self, attacker: Tenant, victim: Tenant | None) -> Path:
        """What the hooks need to know, as a file."""
        cast = {"attacker": asdict(attacker), "victim": victim and asdict(victim)}
        file = self.folder / "cast.json"
        file.write_text(json.dumps(cast))
        return file
