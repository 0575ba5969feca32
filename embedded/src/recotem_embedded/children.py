"""What every process under the supervisor does first."""

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
PARENT_NAME = "RECOTEM_SUPERVISOR_PID"


def die_with_supervisor() -> None:
    """End this process at once when the supervisor is gone, however it went."""
    supervisor = int(os.environ.get(PARENT_NAME, "0"))
    if not supervisor:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        watch = threading.Thread(target=_watch, args=(supervisor,), daemon=True)
        watch.start()
    if os.getppid() != supervisor:  # gone before we asked
        os.kill(os.getpid(), signal.SIGKILL)


def _watch(supervisor: int) -> None:
    while os.getppid() == supervisor:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGKILL)
