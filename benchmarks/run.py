"""`make bench` runs each benchmark in a process of its own, one after the other."""

import subprocess
import sys
import time

from benchmarks import fake_graph
from tests import debian

# The Debian package of each program, and of a module by its path.
PACKAGES = {
    "faketime": "faketime",
    "nginx": "nginx",
    str(fake_graph.MODULE): "libnginx-mod-http-echo",
    "pg_virtualenv": "postgresql",
}
BENCHMARKS = [
    ["benchmarks.start"],
    ["benchmarks.drain"],
    ["benchmarks.peers", "--write"],
    ["benchmarks.throttling"],
    ["benchmarks.backlog"],
    ["benchmarks.wake_up"],
    ["benchmarks.many_mailboxes"],
    ["benchmarks.dashboard"],
    ["benchmarks.audit"],
    ["benchmarks.large_attachment_memory"],
    ["benchmarks.smtp"],
    *(["benchmarks.emulator_throughput", "--way", way] for way in ("direct", "draft", "ews")),
]


def main() -> int:
    if missing := debian.missing(PACKAGES):
        print(f"Install these Debian packages first: {' '.join(missing)}", file=sys.stderr)  # noqa: T201
        return 1
    failed = 0
    for arguments in BENCHMARKS:
        print(f"\n== {' '.join(arguments)}", flush=True)  # noqa: T201
        began = time.monotonic()
        failed |= subprocess.run([sys.executable, "-m", *arguments], check=False).returncode
        print(f"({time.monotonic() - began:.0f} s)", flush=True)  # noqa: T201
    return failed


if __name__ == "__main__":
    sys.exit(main())
