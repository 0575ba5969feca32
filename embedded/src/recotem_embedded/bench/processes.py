"""What processes have cost so far, where the system says so (`/proc`)."""

import os
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def cpu_seconds(pid: int) -> float | None:
    """Of a living process, without its children."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICK if fields else None


def cpu_seconds_of_family(pid: int) -> float | None:
    """Of a process, its living children, and those that have ended."""
    fields = _stat(pid)
    if not fields:
        return None
    own = sum(map(int, fields[11:15])) / _TICK
    return own + sum(cpu_seconds(child) or 0.0 for child in _children(pid))


def parent(pid: int) -> int | None:
    fields = _stat(pid)
    return int(fields[1]) if fields else None


def memory_mb(pid: int) -> float | None:
    """Resident memory of a process."""
    try:
        pages = int((_PROC / str(pid) / "statm").read_text().split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _children(pid: int) -> list[int]:
    numbers = [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]
    return [number for number in numbers if parent(number) == pid]


def _stat(pid: int) -> list[str]:
    """The fields after the name, from the state on; none for no such process."""
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()
