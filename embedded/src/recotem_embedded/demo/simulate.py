"""`python -m recotem_embedded.demo.simulate URL SPEED`: people go on visiting.

They ask inference as any shop would, look at the list, and what they do is sent as
events. Whatever does not answer is asked again later.
"""

import logging
import os
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from recotem_embedded.children import die_with_supervisor
from recotem_shop import Shop

from .state import DemoState
from .visits import SHOWN, deeds
from .worlds import shop_of

log = logging.getLogger("simulator")

SEND_EVERY = 5.0
BATCH = 1000
#: Events kept while nobody takes them.
MOST_WAITING = 20_000
#: Seconds before something that did not answer is asked again.
PATIENCE = 3.0


@dataclass
class Simulator:
    """The visitors of one project; `client` sends their key."""

    shop: Shop
    client: httpx.Client
    project: int
    rng: np.random.Generator
    waiting: list[dict[str, Any]] = field(default_factory=list)

    def visit(self) -> None:
        """Somebody comes, is shown a list and does something with it."""
        user = self.shop.visitor(self.rng)
        body = {"user_id": user, "cutoff": SHOWN}
        path = f"inference/predict/project/{self.project}"
        answer = self.client.post(path, json=body)
        if answer.status_code == 404 and answer.json()["code"] != "no_active_slot":
            return  # somebody the model does not know, to whom nothing is shown
        shown = answer.raise_for_status().json()
        items = [item["item_id"] for item in shown["items"]]
        day = self.shop.day_of(datetime.now(UTC))
        response = self.shop.respond(self.rng, user, items, day)
        self.waiting += (
            {
                "project": self.project,
                "deployment_slot": shown["slot_id"],
                "user_id": user,
                "item_id": deed.item_id,
                "event_type": deed.kind,
                "recommendation_request_id": shown["request_id"],
            }
            for deed in deeds(items, response)
        )
        del self.waiting[:-MOST_WAITING]

    def send(self) -> None:
        """Send what waits; what does not arrive waits on. A second time does no harm:
        the same event of a request counts once."""
        while batch := self.waiting[:BATCH]:
            answer = self.client.post(
                "api/v1/conversion_event/batch/", json={"events": batch}
            )
            if answer.status_code != 400:  # 400: of a slot that is gone
                answer.raise_for_status()
            del self.waiting[: len(batch)]

    def go_on(self, per_minute: float) -> None:
        """Visits at random times, as many a minute, for ever."""
        sent = time.monotonic()
        while True:
            time.sleep(self.rng.exponential(60.0 / per_minute))
            _patiently(self.visit)
            if time.monotonic() - sent >= SEND_EVERY:
                _patiently(self.send)
                sent = time.monotonic()


def _patiently(act: Any) -> None:
    """Act; where that fails, say so and wait a little, or as long as one is told to."""
    try:
        act()
    except httpx.HTTPStatusError as error:
        log.warning("%s", error)
        time.sleep(float(error.response.headers.get("Retry-After", PATIENCE)))
    except httpx.HTTPError as error:
        log.warning("No answer: %s", error)
        time.sleep(PATIENCE)


def main(url: str, per_minute: float) -> None:
    die_with_supervisor()
    logging.basicConfig(format="%(asctime)s %(message)s")
    home = Path(os.environ["RECOTEM_HOME"])
    state = DemoState.load(home)
    if state is None or not state.is_filled:
        sys.exit("This home is no demo that is filled.")
    shop, rng = shop_of(state, home), np.random.default_rng()
    headers = {"X-API-Key": state.key}
    with httpx.Client(
        base_url=url, headers=headers, timeout=30, trust_env=False
    ) as client:
        Simulator(shop, client, state.project, rng).go_on(per_minute)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
