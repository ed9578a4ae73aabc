"""Devices hand in mail by SMTP and try again, while the listener is killed, the database crashes
and the disk is full. Needs Django's settings.

Each 250 has to be one message at the emulator, to the recipients of its envelope, and nothing else
may arrive.
"""

import random
import smtplib
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from notifications.models import SmtpClient, SmtpSettings, Worker
from tests.chaos.story import SETTLED_WITHIN, is_settled
from tests.exchange_emulator.emulator import DESK, Emulator
from tests.processes import ROOT, WORKERS, Product, sign_in
from tests.waiting import wait_until

DEVICES = 4
# No answer of the listener takes so long, whatever restarts.
_PATIENCE = 30
_NAMES = "abcdefgh"


@dataclass
class Device:
    """A client that sends its messages one after the other, each until it hears 250. `answered`
    has the recipients of each by its subject."""

    row: SmtpClient
    password: str
    port: int
    chance: random.Random
    answered: dict = field(default_factory=dict)
    tries: int = 0
    _session: smtplib.SMTP | None = None

    def send_all(self, subjects: list[str]) -> None:
        for subject in subjects:
            names = self.chance.sample(_NAMES, self.chance.randint(1, 4))
            recipients = [f"{name}@contoso.example" for name in names]
            while not self._is_sent(subject, recipients):
                time.sleep(self.chance.uniform(0, 0.2))  # as devices do before they try again
            self.answered[subject] = sorted(recipients)

    def _is_sent(self, subject: str, recipients: list[str]) -> bool:
        self.tries += 1
        letter = (
            f"From: {DESK}\r\nTo: {recipients[0]}\r\nSubject: {subject}\r\n"
            f"Message-ID: <{subject}@device>\r\n\r\nA message of chaos.\r\n"
        )
        try:
            session = self._session or self._signed_in()
            session.sendmail(DESK, recipients, letter)
        except (OSError, smtplib.SMTPException):
            self._session = None
            return False
        self._session = session
        return True

    def _signed_in(self) -> smtplib.SMTP:
        session = smtplib.SMTP("127.0.0.1", self.port, timeout=_PATIENCE)
        session.login(self.row.user_name, self.password)
        return session


@dataclass
class Devices:
    product: Product
    emulator: Emulator
    chance: random.Random
    port: int
    happened: Counter = field(default_factory=Counter)
    _listener: subprocess.Popen | None = None

    def play(self, *, messages: int, events: int) -> dict:
        sign_in(self.emulator, protection=True)
        devices = [self._device(n) for n in range(DEVICES)]
        SmtpSettings.objects.made().update(is_on=True)
        self.product.start()
        self._start_listener()
        wait_until(lambda: Worker.objects.count() == WORKERS)
        subjects = [f"chaos-{n}" for n in range(messages)]
        threads = [
            threading.Thread(target=device.send_all, args=(subjects[n::DEVICES],))
            for n, device in enumerate(devices)
        ]
        for thread in threads:
            thread.start()
        self._fail(devices, messages, events)
        for thread in threads:
            thread.join()
        wait_until(is_settled, seconds=SETTLED_WITHIN)
        return self._count(devices)

    def _fail(self, devices: list[Device], messages: int, events: int) -> None:
        """Spread the faults over the messages, so that each meets some that are under way."""
        faults = [self.kill_listener, self.crash_database, self.fill_disk]
        for n in range(events):
            due = messages * (n + 0.5) / events
            wait_until(lambda due=due: _answered(devices) >= due, between=0.01)
            faults[n % len(faults)]()
            self.happened[faults[n % len(faults)].__name__] += 1

    def _count(self, devices: list[Device]) -> dict:
        promised = {k: v for device in devices for k, v in device.answered.items()}
        arrived = self.emulator.messages()
        times = Counter(each["subject"] for each in arrived)
        wrong = [
            each for each in arrived if sorted(each["recipients"]) != promised.get(each["subject"])
        ]
        return {
            "accepted": len(promised),
            "unconfirmed": 0,
            "lost": sum(not times[subject] for subject in promised),
            "duplicates": sum(count > 1 for count in times.values()),
            "wrong": len(wrong),
            "hung": 0,
            "tries": sum(device.tries for device in devices),
            "events": dict(self.happened),
        }

    # Events

    def kill_listener(self) -> None:
        if self._listener:
            self._listener.kill()
            self._listener.wait()
            self.product.others.remove(self._listener)
        self._start_listener()

    def crash_database(self) -> None:
        self.product.restart_database()

    def fill_disk(self) -> None:
        sign = self.product.folder / "full"
        sign.touch()
        time.sleep(self.chance.uniform(0.2, 1))  # the fault's length is the point
        sign.unlink()

    def _start_listener(self) -> None:
        with (self.product.folder / "processes.log").open("a") as log:
            self._listener = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.listener"],
                cwd=ROOT,
                env=self.product.environment
                | {"CHAOS_FULL_DISK": str(self.product.folder / "full")},
                stdout=log,
                stderr=log,
            )
        self.product.others.append(self._listener)

    def _device(self, number: int) -> Device:
        row = SmtpClient(
            name=f"Device {number}",
            allowed_from=DESK,
            recipients_a_day=1_000_000,
            messages_a_minute=1_000_000,
        )
        row.make_user_name()
        password = row.make_password()
        row.save()
        return Device(row, password, self.port, random.Random(self.chance.random()))


def _answered(devices: list[Device]) -> int:
    return sum(len(device.answered) for device in devices)
