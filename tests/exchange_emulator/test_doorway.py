"""Who may call the emulator, and the time that it tells."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests.exchange_emulator import emulator as running
from tests.exchange_emulator.emulator import CLIENT
from tests.exchange_emulator.test_sending import send_json
from tests.servers import free_port

FAULT = '{"path": "*", "status": 503}'


def get(emulator, host, path):
    return emulator.session.get(f"{emulator.http}{path}", headers={"Host": host})


@pytest.mark.parametrize("path", ["/_emulator/messages", "/", "/v1.0/me", "/common/x"])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8425", "localhost.evil.example", "127.0.0.1.nip.io",
             "10.0.0.1", "evil@localhost.evil.example", "[::1", "[::2]:80", ""],
)  # fmt: skip
def test_another_name_is_refused(emulator, host, path):
    assert get(emulator, host, path).status_code == 403


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1:8025", "[::1]:8025", "[::1]"]
)
def test_its_own_name_is_let_in(emulator, host):
    assert get(emulator, host, "/_emulator/messages").status_code == 200


def test_a_configured_name_is_let_in(tmp_path):
    port = str(free_port())
    named = ("--http-url", "http://mail-lab:8025", "--https-url", "https://Graph-Lab:8026")
    emulator = running.start(tmp_path, "--http-port", port, *named)
    emulator.http = f"http://localhost:{port}"
    try:
        statuses = [
            get(emulator, host, "/").status_code for host in ("mail-lab", "graph-lab:1", "x")
        ]
    finally:
        running.stop(emulator)
    assert statuses == [200, 200, 403]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", FAULT),
        ("limits", '{"*": null}'),
        ("clock", '{"advance_seconds": 9}'),
        ("certificates", f'{{"client_id": "{CLIENT}", "pem": "x"}}'),
    ],
)
@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
     "text/plain; application/json", "application/jsonx", "", None],
)  # fmt: skip
def test_what_another_sites_page_can_post_is_refused(emulator, token, path, body, kind):
    answer = emulator.session.post(
        f"{emulator.http}/_emulator/{path}", data=body.encode(), headers={"Content-Type": kind}
    )

    assert answer.status_code == 403
    assert send_json(emulator, token, {}).status_code == 202


@pytest.mark.parametrize("seconds", [7200, -7200])
def test_every_answer_tells_the_emulators_time(emulator, token, seconds):
    before = emulator.graph(token, "GET", "/me")
    emulator.advance(seconds)

    answers = [
        emulator.session.get(f"{emulator.http}/"),
        emulator.session.get(f"{emulator.authority()}/v2.0/.well-known/openid-configuration"),
        emulator.session.post(f"{emulator.https}/EWS/Exchange.asmx"),
        emulator.graph("x", "GET", "/me"),
    ]

    for answer in answers:
        moved = date(answer) - date(before)
        assert abs(moved - timedelta(seconds=seconds)) < timedelta(minutes=1), answer.url
    told = answers[-1].json()["error"]["innerError"]["date"]
    assert told == date(answers[-1]).strftime("%Y-%m-%dT%H:%M:%S")


def date(answer):
    return parsedate_to_datetime(answer.headers["Date"])


def test_a_token_is_judged_by_the_clock_as_it_stands(emulator, token):
    emulator.advance(7200)
    assert emulator.graph(token, "GET", "/me").status_code == 401
    emulator.advance(-7200)
    assert emulator.graph(token, "GET", "/me").status_code == 200


@pytest.mark.parametrize("seconds", [1e12, -1e12])
def test_the_clock_stays_within_what_dates_can_tell(emulator, token, seconds):
    for _ in range(3):
        answer = emulator.session.post(
            f"{emulator.http}/_emulator/clock", json={"advance_seconds": seconds}
        )
    assert answer.status_code == 400
    assert send_json(emulator, token, {}).status_code == 202


def test_a_date_of_a_fault_is_kept(emulator, token):
    given = "Mon, 01 Jan 2024 00:00:00 GMT"
    emulator.fault(path="*", status=503, headers={"Date": given})
    assert emulator.graph(token, "GET", "/me").headers["Date"] == given
