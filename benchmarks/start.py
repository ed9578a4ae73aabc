"""Start and memory: `python -m benchmarks.start [RUNS]`. Exit status 1 where a bound is passed.

Starts the product in a new data folder as `make run` does, counts the memory of its processes (PSS:
a page that several share counts in parts) and runs our commands beside it. A command's CPU is
compared with importing Django, requests and Celery in turn with it, so that a slow or busy machine
counts for both.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cpu import cpu_of_tree
from tests.servers import free_ports

ROOT = Path(__file__).parents[1]
RUNS = 5
MOST_PSS, LONGEST_START = 300, 10.0  # MB of all processes; seconds
# The most that a command may take: its CPU in times of the imports', and MB.
BOUNDS = {
    "imports": (1.0, 40),
    "enqueue": (5.5, 72),
    "run_action": (5.5, 72),
    "queue": (4.0, 60),
    "doctor": (5.0, 68),
}
IMPORTS = ["-c", "import django, requests, celery"]
COMMANDS = {
    "enqueue": ["--to", "a@contoso.example", "--subject", "x", "--text", "x"],
    "run_action": ["x"],
    "queue": ["--json"],
    "doctor": ["--local"],
}
PROCESSES = {
    "web": r"gunicorn",
    "worker": r"celery .* worker ",
    "beat": r"celery .* beat ",
    "redis": r"valkey|redis",
}
_ACTION = (
    "from notifications.models import EmailTemplate;"
    "EmailTemplate.objects.create(name='x', to='a@contoso.example', subject='x', text='x')"
)


@dataclass(frozen=True)
class Cost:
    seconds: float
    cpu: float
    megabytes: float = 0.0


def main(runs: int = RUNS) -> int:
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(Path(folder))
        with _running(environment) as (_process, first):
            _run(["manage.py", "shell", "--command", _ACTION], environment)
        with _running(environment) as (process, again):
            commands = _commands(runs, environment)
            memory = _memory(process.pid)
    within = [_tell_command(name, cost, commands["imports"]) for name, cost in commands.items()]
    within.append(_tell_memory(memory))
    within += [_tell_start("with a new database", first), _tell_start("again", again)]
    return 0 if all(within) else 1


def _environment(folder: Path) -> dict[str, str]:
    ours = ("MAILCONNECTOR_", "DATABASE_URL", "REDIS_URL", "DJANGO_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    # What is compiled anew at each start is not what an installation does.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {"MAILCONNECTOR_DATA_DIR": str(folder / "data"), **free_ports()}


@contextmanager
def _running(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], Cost]]:
    """Yield the product, and what it took until it was ready."""
    command, began = [sys.executable, "-m", "mailconnector.run"], time.monotonic()
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            if not any("Ctrl-C stops everything" in line for line in process.stdout):
                raise RuntimeError("make run did not start")
            yield process, Cost(time.monotonic() - began, cpu_of_tree(process.pid))
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate()


def _commands(runs: int, environment: dict[str, str]) -> dict[str, Cost]:
    """Return the least of each, the runs in turn: what else the machine does only adds. The first
    round compiles what is imported."""
    calls = {"imports": IMPORTS}
    calls |= {name: ["manage.py", name, *given] for name, given in COMMANDS.items()}
    rounds = [
        {name: _run(call, environment) for name, call in calls.items()} for _ in range(runs + 1)
    ]
    return {name: _least([each[name] for each in rounds[1:]]) for name in calls}


def _run(arguments: list[str], environment: dict[str, str]) -> Cost:
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    _pid, _status, used = os.wait4(process.pid, 0)
    process.returncode = 0  # it was waited for here; doctor finds something to tell
    return Cost(time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _least(costs: list[Cost]) -> Cost:
    return Cost(
        min(cost.seconds for cost in costs),
        min(cost.cpu for cost in costs),
        max(cost.megabytes for cost in costs),
    )


def _memory(pid: int) -> dict[str, float]:
    """Return the PSS in MB of the processes of each kind below this one."""
    found = dict.fromkeys(PROCESSES, 0.0)
    for each in _below(pid):
        command = Path(f"/proc/{each}/cmdline").read_text().replace("\0", " ")
        name = next((n for n, pattern in PROCESSES.items() if re.search(pattern, command)), "")
        if name and not command.startswith("/bin/sh"):
            rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
            found[name] += int(re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)[1]) / 1024
    return found


def _below(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield int(child)
            yield from _below(int(child))


def _tell_command(name: str, cost: Cost, imports: Cost) -> bool:
    times, (most_times, most_megabytes) = cost.cpu / imports.cpu, BOUNDS[name]
    _say(
        f"{name:10} {cost.seconds:5.2f} s  CPU {cost.cpu:5.2f} s ({times:.1f} times)  "
        f"{cost.megabytes:4.0f} MB"
    )
    return times <= most_times and cost.megabytes <= most_megabytes


def _tell_memory(memory: dict[str, float]) -> bool:
    for name, megabytes in memory.items():
        _say(f"{name:10} {megabytes:4.0f} MB")
    total = sum(memory.values())
    _say(f"together   {total:4.0f} MB (at most {MOST_PSS})")
    return total <= MOST_PSS


def _tell_start(which: str, ready: Cost) -> bool:
    _say(f"make run   {ready.seconds:5.2f} s  CPU {ready.cpu:5.2f} s  {which}")
    return ready.seconds <= LONGEST_START


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command's output


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
