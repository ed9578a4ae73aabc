"""An SMTP server of another provider: it takes messages, or misbehaves as it is told."""

import base64
import select
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import trustme

from tests.waiting import PATIENCE

USER, PASSWORD = "desk@provider.example", "pa55-of-the-provider"


@dataclass
class MailServer:
    """`heard` has the lines of clients, `messages` what was taken, as (sender, recipients, text).

    `answers` replaces the answer to a command, by its first word; whose address has `nobody` in it
    is refused. `greets` is False for one that never says a word. `babbles` is what it sends again
    and again in place of its greeting.
    """

    extensions: tuple = ("AUTH PLAIN LOGIN",)
    has_starttls: bool = True
    is_tls: bool = False
    greets: bool = True
    babbles: bytes = b""
    answers: dict = field(default_factory=dict)
    nobody: str = "nobody@"
    heard: list = field(default_factory=list)
    messages: list = field(default_factory=list)
    port: int = 0
    authority: trustme.CA = field(default_factory=trustme.CA)

    def context(self):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.authority.issue_cert("localhost").configure_cert(context)
        return context

    def serve(self, client):
        if self.is_tls:
            client = self.context().wrap_socket(client, server_side=True)
        with client, suppress(OSError):
            if self.babbles:
                while not select.select([client], [], [], 0)[0]:
                    client.sendall(self.babbles)
            elif not self.greets:
                client.recv(1)
            else:
                session = Session(self, client)
                try:
                    session.run()
                finally:
                    session.close()


class Session:
    def __init__(self, server, client):
        self.server, self.client = server, client
        self.lines = client.makefile("rb")
        self.is_encrypted = server.is_tls
        self.sender, self.recipients = "", []

    def run(self):
        self.say("220 provider.example")
        while line := self.lines.readline().decode().strip():
            self.server.heard.append(line)
            command = line.partition(" ")[0].upper()
            if command in self.server.answers:
                self.say(self.server.answers[command])
            else:
                getattr(self, f"on_{command.lower()}")(line)
            if command == "QUIT":
                return

    def close(self):
        """Close what STARTTLS may have put in place of the first connection."""
        self.lines.close()
        self.client.close()

    def say(self, text):
        self.client.sendall(f"{text}\r\n".encode())

    def on_ehlo(self, _line):
        offers = [*self.server.extensions]
        if self.server.has_starttls and not self.is_encrypted:
            offers.append("STARTTLS")
        names = ["provider.example", *offers]
        lines = [*(f"250-{name}" for name in names[:-1]), f"250 {names[-1]}"]
        self.say("\r\n".join(lines))

    def on_starttls(self, _line):
        self.say("220 Go ahead")
        self.lines.close()
        self.client = self.server.context().wrap_socket(self.client, server_side=True)
        self.lines, self.is_encrypted = self.client.makefile("rb"), True

    def on_auth(self, line):
        given = base64.b64decode(line.split()[2]).decode().split("\0")
        self.say("235 Welcome" if given[1:] == [USER, PASSWORD] else f"535 What is {line}")

    def on_mail(self, line):
        self.sender = line
        self.say("250 OK")

    def on_rcpt(self, line):
        if self.server.nobody in line:
            self.say("550 5.1.1 Unknown")
        else:
            self.recipients.append(line)
            self.say("250 OK")

    def on_data(self, _line):
        self.say("354 Go on")
        text = b""
        while (line := self.lines.readline()) != b".\r\n":
            text += line
        self.server.messages.append((self.sender, self.recipients, text))
        self.say("250 Taken")

    def on_rset(self, _line):
        self.say("250 OK")

    def on_quit(self, _line):
        self.say("221 Bye")


@contextmanager
def running(server):
    """Let it listen on a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.port = listening.getsockname()[1]
        threads = []

        def accept():
            with suppress(OSError):  # the listening socket was closed
                while True:
                    client, _address = listening.accept()
                    client.settimeout(PATIENCE)
                    threads.append(threading.Thread(target=server.serve, args=[client]))
                    threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield server
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            accepting.join(PATIENCE)
            for thread in threads:
                thread.join(PATIENCE)
