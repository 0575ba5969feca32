"""`python -m recotem_embedded.demo.fill`: fills a home that has a worker.

It makes its world first, and begins when its input ends: then the database is ready.
"""

import os
import sys
from pathlib import Path

import django

from recotem_embedded.children import die_with_supervisor
from recotem_embedded.errors import StartError

from .state import DemoState
from .worlds import world_of


def main() -> None:
    die_with_supervisor()
    home = Path(os.environ["RECOTEM_HOME"])
    state = DemoState.load(home)
    if state is None or state.is_filled:
        sys.exit("This home is no demo that is to be filled.")
    world = world_of(state, home)
    django.setup()
    from .filling import Filling  # noqa: PLC0415  models can be imported only now

    sys.stdin.read()
    project, key = Filling(world, say).run()
    # Whoever came first is known to the models.
    user = world.interactions[0][0]
    state.filled(project=project, key=key, user=user).save(home)


def say(line: str, seconds: float) -> None:
    print(f"{seconds:6.1f} s  {line}", flush=True)  # noqa: T201  for the person


if __name__ == "__main__":
    try:
        main()
    except StartError as error:
        sys.exit(str(error))
