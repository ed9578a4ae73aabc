"""A listener in a thread of the test, and a client that says each octet itself."""

import asyncio
import base64
import re
import socket
import threading
from concurrent.futures import Executor, Future
from contextlib import contextmanager

from django.db import connections

from notifications.models import SmtpClient, SmtpSettings
from notifications.smtp_listener import house
from notifications.smtp_listener.office import Office
from notifications.smtp_listener.protocol import Connection
from tests.waiting import PATIENCE, wait_until

SENDER = "servicedesk@contoso.example"
ANA = "ana@contoso.example"
LETTER = f"From: {SENDER}\r\nTo: {ANA}\r\nSubject: Scan\r\n\r\nHello".encode()


def b64(text):
    return base64.b64encode(text.encode()).decode()


class AtOnce(Executor):
    """Runs work where it is asked for: the test and the listener share one database connection."""

    def __init__(self):
        self._database = connections["default"]

    def submit(self, work, /, *values, **named):
        connections["default"] = self._database
        future = Future()
        try:
            future.set_result(work(*values, **named))
        except Exception as error:  # noqa: BLE001 - whoever waits for it gets it
            future.set_exception(error)
        return future


def client(**changes):
    """Return a client's row, and its password."""
    values = {"name": "Scanner", "allowed_from": SENDER, "allow_plain": True}
    row = SmtpClient(**values | changes)
    row.make_user_name()
    password = row.make_password()
    row.save()
    return row, password


class Listener:
    def __init__(self, tls=None):
        self.office = Office(tls=tls, threads=AtOnce())
        self.port = 0
        self._ready = threading.Event()
        self._database = connections["default"]

    def refresh(self):
        """Do what the listener does each second."""
        self.office.house = house.read()

    def write_down(self):
        self.office.notes.write(all_of_it=True)

    def write_down_when_all_have_left(self):
        assert wait_until(lambda: not self.office.connections)
        self.write_down()

    def run(self):
        self.loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self.loop.run_until_complete(self._serve())
        self.loop.close()

    async def _serve(self):
        make = lambda: Connection(self.office, is_tls=False, loop=self.loop)  # noqa: E731
        server = await self.loop.create_server(make, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopped.wait()
        server.close()
        for connection in self.office.connections:
            connection.shut_down()
        await asyncio.sleep(0.01)  # what is shut down is closed in the loop's next turns

    @contextmanager
    def listening(self):
        self._database.inc_thread_sharing()
        thread = threading.Thread(target=self.run, daemon=True)
        thread.start()
        assert self._ready.wait(PATIENCE)
        try:
            yield self
        finally:
            self.loop.call_soon_threadsafe(self._stopped.set)
            thread.join(PATIENCE)
            self._database.dec_thread_sharing()


def turned_on(**changes):
    SmtpSettings.objects.made().update(is_on=True, **changes)


class Speaker:
    """Says octets and hears answers."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.file = self.socket.makefile("rb")

    def hear(self):
        """Return one answer, all of its lines."""
        lines = []
        while True:
            line = self.file.readline().decode()
            lines.append(line.rstrip("\r\n"))
            if not re.match(r"\d{3}-", line):
                return "\n".join(lines)

    def say(self, text):
        data = text if isinstance(text, bytes) else text.encode()
        self.socket.sendall(data + b"\r\n")
        return self.hear()

    def send(self, data):
        self.socket.sendall(data)

    def sign_in(self, row, password):
        text = base64.b64encode(f"\0{row.user_name}\0{password}".encode()).decode()
        assert self.say("EHLO device").startswith("250")
        assert self.say(f"AUTH PLAIN {text}").startswith("235")

    def deliver(self, message, *recipients, sender=SENDER):
        """Return the answer to the message, or the first that is none of success."""
        commands = [f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{each}>" for each in recipients), "DATA"]
        for command in commands:
            answer = self.say(command)
            if answer[:1] not in "23":
                return answer
        return self.say(message + b"\r\n.")

    def close(self):
        self.file.close()
        self.socket.close()
