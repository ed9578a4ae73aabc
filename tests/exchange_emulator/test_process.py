"""The emulator as a program: its ports, its certificates, its end, its memory."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.exchange_emulator import emulator as running
from tests.exchange_emulator.emulator import DESK
from tests.exchange_emulator.test_drafts import mime_draft
from tests.exchange_emulator.test_sending import send_json
from tests.exchange_emulator.test_tokens import renew
from tests.waiting import PATIENCE, is_once_within


@pytest.fixture
def start(tmp_path, monkeypatch):
    started = []

    def start_one(*arguments):
        emulator = running.start(tmp_path / "data", *arguments)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", emulator.ca)
        monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
        started.append(emulator)
        return emulator

    yield start_one
    for emulator in started:
        running.stop(emulator)


def run(*arguments):
    command = [sys.executable, "-m", "exchange_emulator", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)


def test_a_taken_port_is_one_clear_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run("--http-port", port, "--https-port", "0", "--data-dir", str(tmp_path))
    assert ended.returncode == 1
    assert ended.stdout == ""
    [line] = ended.stderr.splitlines()
    assert port in line
    assert "in use" in line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_quietly_while_clients_are_connected(start, number, capfd):
    emulator = start()
    token = emulator.sign_in()["access_token"]
    send_json(emulator, token, {})
    emulator.process.send_signal(number)
    assert emulator.process.wait(timeout=PATIENCE) in (0, -number)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_it_answers_by_name_and_by_address(start, host):
    emulator = start()
    for base in (emulator.http, emulator.https):
        url = base.replace("localhost", host)
        assert emulator.session.get(f"{url}/").status_code == 200


def test_a_restart_keeps_certificates_grants_and_mail(start):
    first = start()
    result = first.sign_in()
    draft = mime_draft(first, result["access_token"])
    send_json(first, result["access_token"], {})
    certificate = Path(first.ca).read_bytes()
    running.stop(first)
    second = start()
    assert Path(second.ca).read_bytes() == certificate
    path = f"/me/messages/{draft['id']}"
    assert second.graph(result["access_token"], "GET", path).status_code == 200
    assert renew(second, result["refresh_token"]).status_code == 200
    assert len(second.messages()) == 1


def test_forgetting_leaves_nothing_behind(start):
    emulator = start()
    result = emulator.sign_in()
    draft = mime_draft(emulator, result["access_token"])
    emulator.reset()
    assert emulator.messages() == []
    path = f"/me/messages/{draft['id']}"
    assert emulator.graph(result["access_token"], "GET", path).status_code == 404
    assert renew(emulator, result["refresh_token"]).json()["error"] == "invalid_grant"
    assert emulator.control("GET", "stats").json()["total_requests"] == 2


def test_latency_is_added_to_every_request(start):
    emulator = start("--latency-ms", "120")
    url = f"{emulator.https}/contoso.example/v2.0/.well-known/openid-configuration"
    assert emulator.session.get(url).elapsed.total_seconds() >= 0.12


def test_other_addresses_may_be_announced(start):
    emulator = start("--http-url", "http://mail.test", "--https-url", "https://login.test")
    assert (emulator.http, emulator.https) == ("http://mail.test", "https://login.test")


def test_a_seed_file_replaces_the_practice_tenant(start, tmp_path):
    seed = {
        "tenants": [
            {"tenant_id": running.TENANT, "domain": "own.example", "send_from_alias": True}
        ],
        "apps": [
            {
                "client_id": running.CLIENT,
                "name": "Ours",
                "tenant": "own.example",
                "secrets": [{"secret_id": "1", "value": running.SECRET}],
                "redirect_uris": ["http://localhost/oauth/callback"],
                "permissions": ["Mail.Send", "Mail.ReadWrite", "Mail.Send.Shared", "User.Read"],
            }
        ],
        "users": [
            {"address": "me@own.example", "name": "Me", "aliases": ["alias@own.example"]},
            {"address": "guest@own.example", "name": "Guest", "has_mailbox": False},
            {
                "address": "team@own.example",
                "name": "Team",
                "shared": True,
                "full_access": ["me@own.example"],
                "send_as": ["me@own.example"],
            },
        ],
    }
    path = tmp_path / "seed.json"
    path.write_text(json.dumps(seed), encoding="utf-8")
    emulator = start("--seed", str(path))
    scopes = [*running.MAIL, "Mail.Read.Shared"]
    token = emulator.sign_in("me@own.example", scopes)["access_token"]
    alias = {"from": {"emailAddress": {"address": "alias@own.example"}}}
    send_json(emulator, token, alias)
    assert emulator.messages()[0]["from"] == "alias@own.example"
    shared = emulator.graph(token, "GET", "/users/team@own.example/mailFolders/inbox")
    assert shared.status_code == 200
    guest = emulator.sign_in("guest@own.example")["access_token"]
    answer = send_json(emulator, guest, {})
    assert answer.json()["error"]["code"] == "MailboxNotEnabledForRESTAPI"


def test_a_bad_seed_file_is_one_clear_line(tmp_path):
    path = tmp_path / "seed.json"
    path.write_text("{}", encoding="utf-8")
    ended = run("--http-port", "0", "--https-port", "0", "--data-dir", str(tmp_path),
                "--seed", str(path))  # fmt: skip
    assert ended.returncode == 1
    assert str(path) in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def is_quick(ask):
    def took():
        return ask().elapsed.total_seconds()

    return is_once_within(0.5, took)


def test_thousands_of_messages_stay_quick(start):
    emulator = start()
    emulator.limits(**{"*": None})
    token = emulator.sign_in()["access_token"]
    for number in range(1500):
        send_json(emulator, token, {"subject": f"Number {number}"})
    query = {"$filter": "subject eq 'Number 700'", "$select": "id"}
    path = "/me/mailFolders/sentitems/messages"
    found = emulator.graph(token, "GET", path, params=query)
    assert len(found.json()["value"]) == 1
    page = f"{emulator.http}/mailboxes/{DESK}?folder=sentitems"
    assert is_quick(lambda: emulator.graph(token, "GET", path, params=query))
    assert is_quick(lambda: emulator.session.get(page))
    assert len(emulator.messages()) == 1500
