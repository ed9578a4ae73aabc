"""/healthz, /readyz and /metrics: for machines, without a login and without secrets."""

from collections.abc import Callable
from datetime import datetime
from secrets import compare_digest

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from prometheus_client import CONTENT_TYPE_LATEST

from mailconnector import broker
from notifications.models import EmailSettings, QueueState, Worker
from notifications.queue.holding import obstacles

from . import metrics, smtp
from .checklist import local_facts


class HealthPages:
    """Middleware, before all that looks at the host: probes come by IP address, which is no
    allowed host, and over plain http from behind the proxy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page = _PAGES.get(request.path_info)
        if page is None:
            return self._get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        response = page(request)
        add_never_cache_headers(response)
        # Else Django logs each probe that finds something missing as an error of its own.
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response


def healthz(_request: HttpRequest) -> HttpResponse:
    """The process lives and has its database; 503 without it."""
    is_healthy = _database_answers()
    return JsonResponse(
        {"healthy": is_healthy, "missing": [] if is_healthy else ["database"]},
        status=200 if is_healthy else 503,
    )


def readyz(_request: HttpRequest) -> HttpResponse:
    """Mail can be taken and sent; else 503 with what is missing."""
    missing = _missing(now=timezone.now())
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


def metrics_page(request: HttpRequest) -> HttpResponse:
    """Show the figures to whoever has the token. If none is set there is no such page."""
    if not settings.METRICS_TOKEN:
        return HttpResponse("MAILCONNECTOR_METRICS_TOKEN is not set.\n", "text/plain", 404)
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    allowed = compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    if scheme.lower() != "bearer" or not allowed:
        return HttpResponse(
            "Unauthorized\n", "text/plain", 401, headers={"WWW-Authenticate": "Bearer"}
        )
    return HttpResponse(metrics.text(now=timezone.now()), CONTENT_TYPE_LATEST)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _missing(*, now: datetime) -> list[str]:
    """Name what is missing: `database`, `migrations`, `redis`, `worker`, `smtp`, by few queries."""
    problem, unapplied = local_facts.database()
    if problem or unapplied:
        found = ["database" if problem else "migrations"]
    else:
        found = [] if _is_worker_at_work(now) else ["worker"]
        found += [] if smtp.is_fine(now=now) else ["smtp"]
    return [*found, "redis"] if broker.problem() else found


def _is_worker_at_work(now: datetime) -> bool:
    """Say whether a worker lives, and goes on with what is due."""
    if not Worker.objects.alive(now=now).exists():
        return False
    saved, state = EmailSettings.objects.current(), QueueState.objects.current()
    on_the_way = obstacles.on_the_way(saved, state, now=now)
    return obstacles.of_progress(saved, state, on_the_way, now=now) is None


_PAGES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/metrics": metrics_page,
}
