"""The product as processes (two workers and beat) on its own PostgreSQL, Redis and emulator."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import django

from tests.chaos.product import Product, environment
from tests.exchange_emulator import emulator as practice
from tests.servers import PostgreSQL, Redis, postgresql


@dataclass
class Running:
    product: Product
    emulator: practice.Emulator
    database: PostgreSQL


@contextmanager
def running(*, protection: bool, **variables: str) -> Iterator[Running]:
    """Signed in, without a pace and without the emulator's limits. Django is set up here."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        os.environ.pop(name, None)
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="mail-connector-benchmark-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        (folder / "redis").mkdir()
        database = stack.enter_context(postgresql())
        emulator = practice.start(folder / "emulator")
        stack.callback(practice.stop, emulator)
        redis = Redis(folder / "redis")
        told = environment(
            folder,
            database,
            redis,
            MAILCONNECTOR_CLOUD="custom",
            MAILCONNECTOR_LOGIN_URL=emulator.https,
            MAILCONNECTOR_GRAPH_URL=f"{emulator.https}/v1.0",
            MAILCONNECTOR_CA_BUNDLE=emulator.ca,
            MAILCONNECTOR_CLAIM_LEASE="300",
            MAILCONNECTOR_LANE_LEASE="60",
            MAILCONNECTOR_DOUBT_GRACE="30",
            MAILCONNECTOR_WAKE_INTERVAL="60",
            **variables,
        )
        os.environ.update(told, DJANGO_SETTINGS_MODULE="mailconnector.settings")
        django.setup()
        _connect(emulator, protection=protection)
        product = Product(folder, database, redis, told)
        stack.callback(product.stop)
        product.start()
        yield Running(product, emulator, database)


def _connect(emulator: practice.Emulator, *, protection: bool) -> None:
    from django.core.management import call_command

    from notifications.models import MicrosoftAccount
    from tests import factories

    call_command("migrate", verbosity=0)
    emulator.limits(**{"*": None})
    factories.connect(emulator, protection=protection)
    MicrosoftAccount.objects.update(cloud="custom")
