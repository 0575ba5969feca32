"""A child process for one step of a job."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from recotem.jobs.errors import JobFailed
from recotem.jobs.limits import took_too_long
from recotem_engine.compute import Compute, ComputeCrashed, ComputeTimeout
from recotem_engine.errors import EngineError


@contextmanager
def computing(step: str) -> Iterator[Compute]:
    """The child, while the block runs. step: its name in sentences: 'The training'.

    Raises JobFailed where another attempt would fail as well; a stop, and a kill from
    outside, come through as `Compute.call` raises them.
    """
    try:
        with Compute(nice=5) as child:
            yield child
    except ComputeCrashed as error:
        if error.returncode in {-signal.SIGKILL, -signal.SIGTERM}:
            raise
        raise JobFailed(str(error)) from error
    except ComputeTimeout as error:
        raise JobFailed(took_too_long(step)) from error
    except EngineError as error:
        raise JobFailed(str(error)) from error
