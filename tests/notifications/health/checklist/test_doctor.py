"""manage.py doctor, against the emulator."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from notifications import vault
from notifications.health.checklist import local_facts, microsoft_facts
from notifications.models import MicrosoftAccount, QueueState, Worker
from tests import factories, proxies
from tests.exchange_emulator.emulator import DESK
from tests.servers import Redis, free_port

pytestmark = pytest.mark.django_db(transaction=True)


def doctor(*options):
    """Exit status and output."""
    out = StringIO()
    try:
        call_command("doctor", *options, stdout=out)
    except SystemExit as ended:
        return ended.code, out.getvalue()
    return 0, out.getvalue()


def states(text):
    return {check["check"]: check for check in json.loads(text)["checks"]}


@pytest.fixture
def running(connected, settings, tmp_path):
    """A signed-in installation with all its processes."""
    redis = Redis(tmp_path)
    redis.start()
    settings.REDIS_URL = redis.url
    now = timezone.now()
    Worker.objects.saw("w:1", version=settings.VERSION, key=vault.key_fingerprint(), now=now)
    QueueState.objects.claim(settings.INSTALLATION_ID)
    QueueState.objects.update(beat_seen_at=now)
    # Redis answers soon after its start
    while local_facts.read(now=now).redis_problem:
        pass
    yield connected
    redis.stop()


@pytest.mark.parametrize("api", ["graph", "ews"])
def test_a_healthy_installation_is_told_as_such(running, emulator, api):
    factories.connect(emulator, api=api)

    status, text = doctor("--json")

    found = states(text)
    assert {name: c["state"] for name, c in found.items() if c["state"] != "ok"} == {
        "credential_end": "not checked"
    }
    assert status == 0
    assert found["mailbox"]["detail"] == DESK
    assert doctor()[1].strip().endswith(f"1 of {len(found)} checks not run yet.")


def test_a_stopped_redis_and_silent_processes_are_wrong(connected):
    status, text = doctor("--json", "--local")

    found = states(text)
    assert status == 1
    assert {name for name, c in found.items() if c["state"] == "wrong"} == {"redis", "worker"}
    assert found["beat"]["state"] == "not checked"
    assert found["tenant"]["detail"] == "Not run yet."


@pytest.mark.parametrize(
    ("fault", "code"),
    [({"kind": "secret-expired"}, "AADSTS7000222"), ({"kind": "token-revoked"}, "AADSTS50173")],
)
def test_what_only_a_renewal_shows_is_found_and_kept(running, emulator, fault, code):
    emulator.fault(mailbox=DESK, **fault)

    status, text = doctor("--json")

    finding = states(text)["credential"]
    assert (status, finding["state"], finding["microsoft_code"]) == (1, "wrong", code)
    assert finding["fix"]
    assert MicrosoftAccount.objects.get(pk=running.account_id).last_error_code == code
    assert states(text)["mailbox"]["state"] == "not checked"


def test_an_unknown_tenant_is_found(running):
    running.tenant_id = "nowhere.example"
    running.save()

    finding = states(doctor("--json")[1])["tenant"]

    assert (finding["state"], finding["microsoft_code"]) == ("wrong", "AADSTS90002")


def test_a_proxy_that_wants_a_password_is_named_and_its_own_is_not(running, settings, monkeypatch):
    settings.CLOUD = "global"
    monkeypatch.delenv("NO_PROXY", raising=False)
    with proxies.running(proxies.Proxy(asks_password=True)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:wr0ng@localhost:{proxy.port}")
        status, text = doctor("--json")

    found = states(text)
    assert (found["proxy"]["state"], found["proxy"]["microsoft_code"]) == (
        "wrong",
        "ProxyNeedsPassword",
    )
    assert found["connection"]["state"] == "not checked"
    assert "wr0ng" not in text
    assert status == 1


def test_microsofts_clock_is_compared(running):
    stored = local_facts.read(now=timezone.now()).stored

    assert abs(microsoft_facts.ask(stored).clock_off.total_seconds()) < 5


@pytest.mark.parametrize("minutes", [20, -20])
def test_a_clock_that_microsofts_differs_from_is_told(running, emulator, minutes):
    emulator.advance(minutes * 60)
    _status, text = doctor("--json")

    assert states(text)["clock"]["state"] == "wrong"


def test_nothing_is_asked_twice_where_microsoft_is_out_of_reach(running, settings):
    settings.LOGIN_SERVICE_URL = f"https://localhost:{free_port()}"

    found = states(doctor("--json")[1])

    assert found["connection"]["microsoft_code"] == "ConnectionRefused"
    assert found["tenant"]["state"] == "not checked"
    assert found["credential"]["state"] == "not checked"


def test_a_lost_key_is_a_finding_and_no_failure(running, settings):
    settings.ENCRYPTION_KEYS = ["Z" * 43 + "="]

    status, text = doctor("--json")

    assert status == 1
    assert states(text)["encryption_keys"]["state"] == "wrong"
    assert states(text)["credential"]["microsoft_code"] == "KeyMissing"


def test_a_database_that_lacks_migrations_is_told_and_nothing_else_fails(running):
    call_command("migrate", "notifications", "0002", verbosity=0)
    try:
        status, text = doctor("--json")
    finally:
        call_command("migrate", verbosity=0)

    assert status == 1
    assert "notifications.0003" in states(text)["database"]["detail"]
    assert "manage.py migrate" in states(text)["database"]["fix"]


def test_no_secret_is_shown(running):
    text = doctor("--json")[1] + doctor()[1]

    assert vault.unseal(running.client_secret, "client_secret") not in text
    assert "wr0ng" not in text
