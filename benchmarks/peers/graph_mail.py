"""The email backend of the other queues: it sends MIME by sendMail, over a session that lasts as
long as they keep the backend open."""

import base64
import os
from collections.abc import Sequence

import requests
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

_ACCEPTED = 202


class GraphBackend(BaseEmailBackend):
    session: requests.Session | None = None

    def open(self) -> bool:
        if self.session is not None:
            return False
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {os.environ['GRAPH_TOKEN']}"
        self.session.headers["Content-Type"] = "text/plain"
        return True

    def close(self) -> None:
        if self.session is not None:
            self.session.close()
            self.session = None

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        opened = self.open()
        try:
            for message in email_messages:
                self._send(message)
        finally:
            if opened:
                self.close()
        return len(email_messages)

    def _send(self, message: EmailMessage) -> None:
        assert self.session is not None
        answer = self.session.post(
            f"{os.environ['GRAPH_URL']}/me/sendMail",
            data=base64.b64encode(message.message().as_bytes()),
            verify=os.environ["GRAPH_CA"],
            timeout=30,
        )
        if answer.status_code != _ACCEPTED:
            raise OSError(f"{answer.status_code} {answer.text[:200]}")
