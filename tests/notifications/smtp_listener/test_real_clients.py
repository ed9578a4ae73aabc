"""Programs of others hand in a letter with a hidden recipient and a file."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from notifications.models import Notification
from notifications.queue.engine.drain import drain
from tests import factories
from tests.notifications.smtp_listener import listening
from tests.notifications.smtp_listener.listening import client
from tests.waiting import PATIENCE, wait_until

ANA, BEN = "alex@contoso.example", "ben@fabrikam.example"
DESK = "servicedesk@contoso.example"
LETTER = f"From: {DESK}\nTo: {ANA}\nBcc: {BEN}\nSubject: By program\n\nHello\n"


def run(*command, text="", **environment):
    done = subprocess.run(
        command, input=text, text=True, capture_output=True, timeout=PATIENCE, check=False,
        env=os.environ | environment | {"PATH": f"{os.environ['PATH']}:/usr/sbin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def swaks(port, user, password, folder):
    run(
        "swaks", "--server", "127.0.0.1", "--port", str(port), "--auth", "LOGIN", "--auth-user",
        user, "--auth-password", password, "--from", DESK, "--to", f"{ANA},{BEN}",
        "--header", f"To: {ANA}", "--attach", str(folder / "file.txt"),
    )  # fmt: skip


def msmtp(port, user, password, folder):
    settings = folder / "msmtprc"
    settings.touch(mode=0o600)
    settings.write_text(
        f"account default\nhost 127.0.0.1\nport {port}\nauth plain\nuser {user}\n"
        f"password {password}\nfrom {DESK}\ntls off\n"
    )
    run("msmtp", "-C", str(settings), "-t", text=LETTER)


def s_nail(port, user, password, folder):
    run(
        "s-nail", "-:/", "-S", "v15-compat", "-S", "smtp-auth=login", "-S", f"from={DESK}",
        "-S", f"mta=smtp://{user}:{password}@127.0.0.1:{port}", "-s", "By program",
        "-a", str(folder / "file.txt"), "-b", BEN, ANA, text="Hello\n",
    )  # fmt: skip


def java(port, user, password, folder):
    libraries = ":".join(
        f"/usr/share/java/{name}.jar" for name in ("javax.mail", "javax.activation")
    )
    run(
        "java", "-cp", libraries, str(Path(__file__).parent / "Letter.java"), str(port), user,
        password, DESK, ANA, BEN, str(folder / "file.txt"),
    )  # fmt: skip


PROGRAMS = {"java": java, "swaks": swaks, "msmtp": msmtp, "s-nail": s_nail}


@pytest.fixture
def listener(db, files, emulator, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    factories.connect(emulator)
    listening.turned_on()
    with listening.Listener().listening() as found:
        yield found


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_letter_reaches_exactly_its_recipients(listener, emulator, tmp_path, name):
    row, password = client(allowed_from=DESK)
    listener.refresh()
    (tmp_path / "file.txt").write_text("a file")

    PROGRAMS[name](listener.port, row.user_name, password, tmp_path)
    drain(worker="w")

    (told,) = emulator.messages()
    assert sorted(told["recipients"]) == [ANA, BEN]
    assert told["bcc"] == [BEN]


@pytest.fixture
def postfix(listener, tmp_path_factory):
    """A Postfix that hands in one copy for each recipient."""
    row, password = client(allowed_from=DESK)
    listener.refresh()
    folder = tmp_path_factory.mktemp("postfix")
    for name in ("etc", "spool", "data"):
        (folder / name).mkdir()
    for above in (folder, *folder.parents[:3]):
        above.chmod(0o755)  # its processes run as another user
    shutil.chown(folder / "data", "postfix")
    (folder / "etc" / "main.cf").write_text(
        f"compatibility_level = 3.6\nqueue_directory = {folder}/spool\n"
        f"data_directory = {folder}/data\nmaillog_file = {folder}/log\n"
        f"maillog_file_prefixes = {folder}\ninet_interfaces = loopback-only\nmydestination =\n"
        f"myhostname = relay.example\nrelayhost = [127.0.0.1]:{listener.port}\n"
        "smtp_sasl_auth_enable = yes\nsmtp_sasl_security_options = noanonymous\n"
        f"smtp_sasl_password_maps = static:{row.user_name}:{password}\n"
        "smtp_tls_security_level = none\nsmtp_destination_recipient_limit = 1\n"
    )
    services = Path("/etc/postfix/master.cf").read_text().splitlines(keepends=True)
    # It needs no port 25, and no root folder of its own, which would have to be filled.
    kept = [line for line in services if not line.startswith("smtp      inet")]
    changed = "".join(kept).replace("       y       -", "       n       -")
    (folder / "etc" / "master.cf").write_text(changed)
    run("postfix", "-c", f"{folder}/etc", "start")
    yield folder
    run("postfix", "-c", f"{folder}/etc", "stop")


def test_what_postfix_splits_is_one_message(postfix, emulator):
    letter = LETTER.replace(f"To: {ANA}", f"To: {ANA}, {BEN}").replace(f"Bcc: {BEN}\n", "")
    run("sendmail", "-C", f"{postfix}/etc", "-f", DESK, "-t", text=letter)
    assert wait_until(lambda: (postfix / "log").read_text().count("status=sent") == 2)
    row = Notification.objects.get()
    assert (sorted(row.to), row.bcc) == ([ANA, BEN], [])
    drain(worker="w")
    (told,) = emulator.messages()
    assert sorted(told["recipients"]) == [ANA, BEN]
