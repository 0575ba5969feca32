"""`recotem demo`: a filled Recotem, and a shop that goes on visiting it."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from platformdirs import user_data_dir

from recotem_embedded.children import PARENT_NAME
from recotem_embedded.errors import StartError
from recotem_embedded.home import Home
from recotem_embedded.supervisor import Child
from recotem_embedded.up import (
    Running,
    StopRequest,
    last_line,
    listen,
    prepare,
    say,
    supervise,
    variables_of,
)

from .state import (
    HISTORY_DAYS,
    USERNAME,
    DemoState,
    empty,
    new_password,
    refuse_foreign,
)
from .visits import SHOWN

DATASETS = ("shop", "ml-100k")
SPEED = 20.0


def default_folder() -> Path:
    """`RECOTEM_HOME`, else a folder beside the one of `recotem up`."""
    named = os.environ.get("RECOTEM_HOME", "").strip()
    return Path(named or user_data_dir("recotem-demo", appauthor=False)).expanduser()


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--home",
        type=Path,
        help="folder of the demo (RECOTEM_HOME, or else `recotem-demo` in your data "
        "directory); a folder with anything else in it is refused",
    )
    parser.add_argument(
        "--dataset",
        choices=DATASETS,
        help="what a new demo is filled with: the simulated shop, or MovieLens 100K "
        "(from RECOTEM_DATASETS_DIR, else downloaded); default: shop",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="delete the demo in the folder first"
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        default=SPEED,
        help="simulated visits per minute (%(default)g; 0: nobody comes). Each asks "
        "inference once, which answers a key INFERENCE_RATE_LIMIT times",
    )


def _speed(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100_000:
        raise argparse.ArgumentTypeError(f"not a number of visits: {text!r}")
    return value


@dataclass(frozen=True)
class Demo:
    home: Home
    dataset: str | None
    fresh: bool
    speed: float

    def run(self, host: str, port: int) -> int:
        """Serve until a signal; 0 after an orderly end. Raises StartError."""
        refuse_foreign(self.home.folder)
        self.home.create()
        with self.home.locked(), listen(host, port) as listener:
            state = self._state()
            variables = variables_of(self.home, host)
            stop = StopRequest()
            with self._filling(state, variables) as filling:
                chosen = {"DEFAULT_ADMIN_PASSWORD": state.password}
                prepare(self.home, {**variables, **chosen})
                if filling and filling.stdin:
                    filling.stdin.close()

                def when_ready(running: Running) -> None:
                    if filling is None or self._filled(filling, running, stop):
                        self._open(running)

                return supervise(self.home, listener, variables, stop, when_ready)

    def _state(self) -> DemoState:
        """That of the demo that is there; a new one where there is none, or only a
        part of one."""
        folder = self.home.folder
        known = None if self.fresh else DemoState.load(folder)
        if known is not None and known.is_filled:
            if self.dataset not in (None, known.dataset):
                raise StartError(
                    f"The demo in {folder} is filled with {known.dataset}. Start with "
                    "--fresh to delete it, or choose another folder with --home."
                )
            return known
        empty(folder)
        opened = datetime.now(UTC) - timedelta(days=HISTORY_DAYS)
        state = DemoState(
            dataset=self.dataset or DATASETS[0],
            password=new_password(),
            opened=opened.isoformat(),
        )
        state.save(folder)
        self.home.create()
        return state

    @contextmanager
    def _filling(
        self, state: DemoState, variables: Mapping[str, str]
    ) -> Iterator[subprocess.Popen[bytes] | None]:
        """A process that gets ready meanwhile, and fills the home once its input is
        closed; None if the home is full."""
        if state.is_filled:
            yield None
            return
        say("Filling a new demo …")
        with self._log.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "recotem_embedded.demo.fill"],
                env={**variables, PARENT_NAME: str(os.getpid())},
                cwd=self.home.folder,
                stdin=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,  # Ctrl-C is for us
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    @property
    def _log(self) -> Path:
        return self.home.logs / "fill.log"

    def _filled(
        self, filling: subprocess.Popen[bytes], running: Running, stop: StopRequest
    ) -> bool:
        """False when told to stop before the end. Raises StartError."""
        while filling.poll() is None:
            if stop.wait(0.1):
                filling.kill()
                return False
            running.supervisor.check()
        if filling.returncode:
            raise StartError(
                f"The demo could not be filled: {last_line(self._log)} (all of it in "
                f"{self._log}). The next start begins anew."
            )
        return True

    def _open(self, running: Running) -> None:
        """Let people come, and say how to get in."""
        state = DemoState.load(self.home.folder)
        assert state is not None  # noqa: S101 - written before the processes began
        if self.speed:
            running.supervisor.children.append(self._simulator(running.address))
            say(f"{self.speed:g} simulated visits per minute come in from now on.")
        self._tell(state, running.address)

    def _simulator(self, address: str) -> Child:
        module = "recotem_embedded.demo.simulate"
        return Child(
            "simulator",
            [sys.executable, "-m", module, address, str(self.speed)],
            self.home.logs / "simulator.log",
        )

    def _tell(self, state: DemoState, address: str) -> None:
        body = json.dumps({"user_id": state.user, "cutoff": SHOWN})
        say(
            f"""\
Ask for recommendations:

  curl -X POST {address}/inference/predict/project/{state.project} \\
    -H "X-API-Key: {state.key}" -H "Content-Type: application/json" \\
    -d '{body}'

Sign in as {USERNAME} with the password {state.password}"""
        )
