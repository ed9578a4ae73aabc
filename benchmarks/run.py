"""`make bench` runs each benchmark in a process of its own, one after the other."""

import subprocess
import sys

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
    failed = 0
    for arguments in BENCHMARKS:
        print(f"\n== {' '.join(arguments)}", flush=True)  # noqa: T201
        failed |= subprocess.run([sys.executable, "-m", *arguments], check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
