"""Read what this machine, the database and the settings tell. This calls nobody outside, and so it
imports requests, which knows what a proxy is for, only where there is a proxy (PLC0415)."""

import tempfile
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

from django.conf import settings
from django.db import Error, connections
from django.db.migrations.executor import MigrationExecutor

from mailconnector import broker
from notifications.health import smtp, stored_secrets
from notifications.mailbox.connection import Connection
from notifications.models import ApiKey, EmailSettings, QueueState, SmtpListener, Worker
from notifications.queue.holding import obstacles, smtp_certificate

from .facts import Facts, Listening, Stored

_MOST_NAMED = 20  # API keys


def read(*, now: datetime, browser_host: str = "") -> Facts:
    problem, unapplied = database()
    stored = None if problem or unapplied else read_stored(now=now)
    return Facts(
        now=now,
        public_url=settings.PUBLIC_URL,
        browser_host=browser_host,
        proxies=_proxies(stored.connection) if stored else {},
        database_problem=problem,
        unapplied=unapplied,
        redis_problem=broker.problem(),
        folder_problem=_folder_problem(),
        stored=stored,
        smtp=_listening(now) if stored else None,
    )


def _listening(now: datetime) -> Listening | None:
    if not smtp.is_wanted():
        return None
    tried, problems = smtp.relay_problems(now=now)
    listening = SmtpListener.objects.listening(now=now)
    trouble = [line for each in listening for line in each.problem.splitlines()]
    certificate = smtp_certificate.of_listeners(listening)
    return Listening(bool(listening), tried, problems, trouble, certificate)


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def database() -> tuple[str, list[str]]:
    """Tell what is wrong with the database ("" for nothing), and which migrations it lacks."""
    try:
        executor = MigrationExecutor(connections["default"])
    except Error as error:
        return f"{type(error).__name__}: {error}".strip().splitlines()[0], []
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "", [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def read_stored(*, now: datetime) -> Stored:
    saved, state = EmailSettings.objects.current(), QueueState.objects.current()
    on_the_way = obstacles.on_the_way(saved, state, now=now)
    return Stored(
        connection=Connection.of(saved.values()),
        account=saved.account,
        is_foreign=state.is_foreign,
        is_copy=state.is_copy,
        beat_seen_at=state.beat_seen_at,
        workers=list(Worker.objects.alive(now=now)),
        unreadable=stored_secrets.unreadable(),
        obstacles=on_the_way,
        standstill=obstacles.of_progress(saved, state, on_the_way, now=now),
        orphans=list(ApiKey.objects.orphans(now=now)[:_MOST_NAMED]),
    )


def _proxies(connection: Connection) -> dict[str, str]:
    if not getproxies():
        return {}
    from notifications.backends.network import proxy_for  # noqa: PLC0415

    found = {host_of(url): proxy_for(url) for url in connection.service_urls.values()}
    return {host: proxy for host, proxy in found.items() if proxy}


def _folder_problem() -> str:
    for folder in (settings.DATA_DIR, Path(settings.MEDIA_ROOT)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(b"probe")
        except OSError as error:
            return f"{folder}: {error.strerror}"
    return ""
