"""One run: messages are queued while workers are killed and their clocks moved, Redis is emptied
and restarted, PostgreSQL is restarted, and the emulator drops connections before and after
accepting, answers 504 although the message went out, throttles, answers what no column can keep,
and refuses tokens, and proxies answer in its place. Then the faults end. Once the
queue is empty, the run counts what arrived and prints the counts as JSON.

A run of `devices` is another story: they hand in mail by SMTP, see devices.py."""

import json
import random
import sys

from tests.processes import servers
from tests.servers import free_port

# Short, so that a run takes seconds.
LEASES = {
    "MAILCONNECTOR_CLAIM_LEASE": "3",
    "MAILCONNECTOR_LANE_LEASE": "2",
    "MAILCONNECTOR_DOUBT_GRACE": "1",
    "MAILCONNECTOR_WAKE_INTERVAL": "1",
}


def main(seed: int, messages: int, events: int, *, kind: str) -> None:
    port = free_port()
    listen = {"MAILCONNECTOR_SMTP_LISTEN": f"127.0.0.1:{port}"}
    with servers(**LEASES, **listen) as (product, emulator):
        from tests.chaos.devices import Devices
        from tests.chaos.story import Story, left

        chance = random.Random(seed)
        if kind == "devices":
            story = Devices(product, emulator, chance, port)
        else:
            story = Story(product, emulator, chance, direct=kind == "direct")
        counts = story.play(messages=messages, events=events)
        if counts["lost"] or counts["wrong"] or counts["hung"]:
            print(product.log()[-5000:], left(), sep="\n", file=sys.stderr)  # noqa: T201
        print(json.dumps(counts))  # noqa: T201


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]), kind=sys.argv[4])
