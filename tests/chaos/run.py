"""`make chaos` makes runs in which everything fails, and counts what arrived.

Each run is a process of its own (one_run.py). Every fourth one sends without duplicate
protection: there a doubt is held as *May have been sent*, and still nothing may arrive twice.

With `--devices` four SMTP clients hand in the messages and try again, while the listener is killed,
the database crashes and the disk is full: `--devices --runs 1 --messages 2000 --events 20`.
"""

import argparse
import json
import subprocess
import sys
import time


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--messages", type=int, default=120)
    parser.add_argument("--events", type=int, default=25)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--devices", action="store_true")
    options = parser.parse_args()
    kinds = ["devices"] if options.devices else ["draft", "draft", "draft", "direct"]
    results = [
        run(
            options.seed + n,
            messages=options.messages,
            events=options.events,
            kind=kinds[n % len(kinds)],
        )
        for n in range(options.runs)
    ]
    good = all(map(is_good, results))
    total = {k: sum(r[k] for r in results) for k in ("accepted", "unconfirmed", "lost", "hung")}
    total["duplicates"] = sum(r["duplicates"] for r in results)
    print(f"{options.runs} runs: {total}: {'good' if good else 'NOT GOOD'}")  # noqa: T201
    return 0 if good else 1


def run(seed: int, *, messages: int, events: int, kind: str) -> dict:
    """Return the counts of one run: accepted, unconfirmed, lost (never accepted), duplicates, wrong
    (a status that nothing may end in), hung (threads), and how often each event happened."""
    numbers = [str(seed), str(messages), str(events)]
    command = [sys.executable, "-m", "tests.chaos.one_run", *numbers, kind]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    result = json.loads(done.stdout.splitlines()[-1])
    print(f"seed {seed} {kind:7} {result}", flush=True)  # noqa: T201
    return result


def is_good(result: dict) -> bool:
    return not any(result[name] for name in ("lost", "duplicates", "wrong", "hung"))


if __name__ == "__main__":
    sys.exit(main())
