"""The CPU time of servers, as Linux counts it."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of_tree(pid: int) -> float:
    """Return the CPU seconds of a process and of its children, those that have ended included."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = sum(_times(pid)) / _TICKS
    return own + sum(cpu_of_tree(int(child)) for child in children)


def _times(pid: int) -> list[int]:
    """Return user and system time, and those of children that were waited for, in ticks."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [int(value) for value in fields[11:15]]
