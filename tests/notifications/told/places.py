"""Where people and machines look, as texts."""

import html
import json
from contextlib import suppress
from io import StringIO

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from notifications.alarms import watch
from notifications.models import Callback
from tests import factories

TOKEN = "scrape-me"


def banner():
    client = Client()
    client.force_login(factories.user("anna"))
    return page(client, "/password_change/")


def queue_page():
    client = Client()
    client.force_login(factories.person("Operator", "olga"))
    return page(client, "/notifications/notification/").partition('id="queue-status"')[2]


def dashboard():
    client = Client()
    client.force_login(factories.person("Operator", "oskar"))
    return page(client, "/").partition('aria-label="Queue status"')[2]


def page(client, address):
    return html.unescape(client.get(address).content.decode())


def command(*arguments):
    out = StringIO()
    with suppress(SystemExit):
        call_command(*arguments, stdout=out)
    return json.dumps(json.loads(out.getvalue()), ensure_ascii=False)


def alarm():
    watch.watch(now=timezone.now())
    bodies = [json.loads(each.body) for each in Callback.objects.all()]
    return json.dumps(bodies, ensure_ascii=False)


PLACES = {
    "banner": banner,
    "queue page": queue_page,
    "dashboard": dashboard,
    "queue --json": lambda: command("queue", "--json"),
    "doctor": lambda: command("doctor", "--json", "--local"),
    "alarm": alarm,
}


def metrics(client):
    headers = {"authorization": f"Bearer {TOKEN}"}
    return client.get("/metrics", headers=headers).content.decode()


def status():
    return json.loads(command("queue", "--json"))
