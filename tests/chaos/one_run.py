"""One run: messages are queued while workers are killed, Redis is emptied and restarted,
PostgreSQL is restarted, and the emulator drops connections before and after accepting, answers
504 although the message went out, and throttles. Then the faults end, and once the queue is
empty it is counted what arrived. Prints the counts as JSON."""

import json
import os
import random
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import django

from tests.chaos.product import Product, environment
from tests.exchange_emulator import emulator as practice
from tests.servers import Redis, postgresql


def main(seed: int, messages: int, events: int, *, direct: bool) -> None:
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="mail-connector-chaos-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        (folder / "redis").mkdir()
        database = stack.enter_context(postgresql())
        emulator = practice.start(folder / "emulator")
        stack.callback(practice.stop, emulator)
        redis = Redis(folder / "redis")
        variables = environment(
            folder,
            database,
            redis,
            MAILCONNECTOR_CLOUD="custom",
            MAILCONNECTOR_LOGIN_URL=emulator.https,
            MAILCONNECTOR_GRAPH_URL=f"{emulator.https}/v1.0",
            MAILCONNECTOR_CA_BUNDLE=emulator.ca,
        )
        product = Product(folder, database, redis, variables)
        stack.callback(product.stop)
        os.environ.update(variables, DJANGO_SETTINGS_MODULE="mailconnector.settings")
        django.setup()
        from tests.chaos.story import Story

        story = Story(product, emulator, random.Random(seed), direct=direct)
        counts = story.play(messages=messages, events=events)
        if counts["lost"] or counts["wrong"]:
            print(product.log()[-5000:], file=sys.stderr)  # noqa: T201
        print(json.dumps(counts))  # noqa: T201


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]), direct="direct" in sys.argv)
