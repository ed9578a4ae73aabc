"""The web server as gunicorn.conf.py sets it up, and clients that are slow or odd."""

import os
import re
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.servers import free_port
from tests.waiting import PATIENCE, is_once_within, wait_until

ROOT = Path(__file__).parents[3]
DEADLINE = 2  # seconds
LARGE = 300_000  # bytes, more than the loop waits for
FORM = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 99\r\n\r\n"
MAIL = b'{"to": "a@contoso.example", "subject": "slow", "text": "%s"}'


@dataclass
class Web:
    port: int
    key: str

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def sent(self, data):
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            connection.sendall(data)
            yield connection

    def health(self):
        """Return how long /healthz takes, in seconds."""
        began = time.monotonic()
        assert requests.get(f"{self.url}/healthz", timeout=PATIENCE).status_code == 200
        return time.monotonic() - began

    def message(self, length, *more):
        lines = [
            "POST /api/v1/messages HTTP/1.1", "Host: localhost", "Content-Type: application/json",
            f"Authorization: Bearer {self.key}", f"Content-Length: {length}", *more,
        ]  # fmt: skip
        return "\r\n".join([*lines, "", ""]).encode()


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("web"), free_port()
    environment = {
        **{n: v for n, v in os.environ.items() if not n.startswith(("MAILCONNECTOR_", "DATABASE"))},
        "MAILCONNECTOR_DATA_DIR": str(folder),
        "MAILCONNECTOR_REQUEST_DEADLINE": str(DEADLINE),
        "MAILCONNECTOR_METRICS_TOKEN": "figures",
        "DJANGO_SETTINGS_MODULE": "mailconnector.settings",
        "PORT": str(port),
    }

    def run(*arguments):
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True,
            timeout=PATIENCE, check=True,
        ).stdout  # fmt: skip

    run("manage.py", "migrate", "-v0")
    run("manage.py", "collectstatic", "--noinput", "-v0")
    made = run(
        "manage.py", "shell", "-v0", "-c",
        "from notifications.models import ApiKey\n"
        "key = ApiKey(name='slow'); token = key.make_token(); key.save(); print('key', token)",
    )  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"],
        cwd=ROOT,
        env=environment,
    )
    found = Web(port, re.search(r"key (\S+)", made)[1])

    def answers():
        assert process.poll() is None
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    assert wait_until(answers)
    found.health()
    yield found
    process.terminate()
    process.wait(timeout=PATIENCE)


HALVES = {
    "nothing": b"",
    "a byte": b"G",
    "half a head": b"GET /login/ HTTP/1.1\r\nHost: localhost\r\n",
    "half a form": b"POST /login/ HTTP/1.1\r\nHost: localhost\r\n" + FORM + b"u",
    "half a message without a key": (
        b"POST /api/v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000\r\n\r\n{"
    ),
    "an answered request that stays": b"GET /healthz HTTP/1.0\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_forty_slow_clients_stop_nobody_and_are_not_waited_for(web, half):
    with ExitStack() as stack:
        waiting = [stack.enter_context(web.sent(half)) for _ in range(40)]

        assert is_once_within(1, web.health)
        for connection in waiting:
            while connection.recv(4096):  # until the server has closed it
                pass


def test_a_byte_now_and_then_does_not_put_the_end_off(web):
    began = time.monotonic()
    with web.sent(b"GET / HTTP/1.1\r\nX: ") as connection:
        connection.settimeout(DEADLINE / 10)

        def is_closed():
            try:
                connection.sendall(b"x")
                return connection.recv(1) == b""
            except TimeoutError:
                return False
            except OSError:
                return True

        assert wait_until(is_closed, between=0)
    assert time.monotonic() - began >= DEADLINE - 0.5


def test_the_next_request_of_a_kept_connection_has_the_same_deadline(web):
    with web.sent(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n") as connection:
        answer = b""
        while not answer.endswith(b"0\r\n\r\n"):
            answer += connection.recv(65_536)
        connection.sendall(b"GET /healthz HTTP/1.1\r\n")

        assert connection.recv(65_536) == b""


def test_requests_that_come_together_are_answered_one_after_the_other(web):
    one = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with web.sent(one + one + last) as connection:
        answers = b""
        while piece := connection.recv(65_536):
            answers += piece

    assert answers.count(b"200 OK") == 3


@pytest.mark.parametrize("more", [(), ("Expect: 100-continue",)], ids=["at once", "asks first"])
@pytest.mark.parametrize("size", [10, 70_000, 2_000_000])
def test_a_message_that_comes_in_pieces_is_taken_whole(web, size, more):
    body = MAIL % (b"x" * size)
    with web.sent(web.message(len(body), *more)) as connection:
        for start in range(0, len(body), len(body) // 3 + 1):
            connection.sendall(body[start : start + len(body) // 3 + 1])
        answer = b""
        while b"HTTP/1.1 201" not in answer:
            piece = connection.recv(65_536)
            assert piece, answer
            answer += piece


def test_a_large_body_that_stops_is_not_waited_for(web):
    with web.sent(web.message(LARGE) + b'{"to": ') as connection:
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece

    assert b" 408 " in answer.partition(b"\r\n")[0]
    assert b"application/problem+json" in answer


def test_a_message_that_was_cut_off_is_not_queued(web):
    """Django would take what has come of a file for the whole file."""
    form = (
        b'--x\r\nContent-Disposition: form-data; name="message"\r\n\r\n'
        b'{"to": "a@contoso.example", "subject": "cut off", "text": "x"}\r\n'
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nabc'
    )
    head = web.message(LARGE).replace(b"application/json", b"multipart/form-data; boundary=x")
    with web.sent(head + form) as connection:
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):
            pass

    listed = requests.get(
        f"{web.url}/api/v1/messages",
        headers={"Authorization": f"Bearer {web.key}"},
        timeout=PATIENCE,
    )
    assert "cut off" not in listed.text


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "script_name", "Script_Name", "SCRIPT-NAME"])
def test_a_header_does_not_move_an_address(web, name):
    def status(path):
        return requests.get(
            f"{web.url}{path}",
            headers={name: "/x", "PATH_INFO": "/metrics", "Authorization": "Bearer figures"},
            timeout=PATIENCE,
            allow_redirects=False,
        ).status_code

    assert [status(path) for path in ("/x/metrics", "/x/healthz", "/login/")] == [302, 302, 200]
