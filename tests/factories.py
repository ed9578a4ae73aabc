"""Plain builders of what tests need."""

import io
import uuid
from dataclasses import asdict
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.contrib.auth.models import Group, Permission, User
from django.core.files.storage import default_storage
from django.utils import timezone

from notifications import outbox, vault
from notifications.attachments import storage
from notifications.backends.microsoft import entra
from notifications.mailbox.connection import Connection
from notifications.message.addresses import parse_address
from notifications.message.message import File, MailMessage
from notifications.models import (
    AlarmChannel,
    ApiKey,
    EmailLayout,
    EmailSettings,
    EmailTemplate,
    LayoutFile,
    MicrosoftAccount,
    Notification,
    SmtpClient,
    TemplateFile,
)
from notifications.outbox import NewFile, NewNotification
from tests.exchange_emulator import emulator as practice

ALARM_SECRET = "alarm-s3cret-of-the-desk"
REDIRECT_URI = "http://localhost:8000/oauth/callback"


def message(**changes):
    """A MailMessage from the service desk to Alex."""
    sender = parse_address(practice.DESK)
    values = {
        "message_id": f"<{uuid.uuid4()}@contoso.example>",
        "sender": sender,
        "from_": sender,
        "to": (parse_address("Alex Wilber <alex@contoso.example>"),),
        "subject": "Ticket 1",
        "text": "Hello",
    }
    return MailMessage(**values | changes)


def file(name="report.txt", content=b"report", content_type="text/plain", content_id=""):
    return File(name, content_type, len(content), lambda: io.BytesIO(content), content_id)


def new(**changes):
    values = {"to": "a@contoso.example", "subject": "Hi", "text": "Hello"}
    return NewNotification(**values | changes)


def new_file(size=10, name="a.bin"):
    return NewFile(name, io.BytesIO(b"x" * size))


def enqueue(**changes):
    return outbox.enqueue(new(**changes), initiator="test")


def template(**changes):
    """A valid E-mail Notification."""
    values = {
        "name": f"Template {uuid.uuid4()}",
        "to": "a@contoso.example",
        "subject": "Hi",
        "html": "<p>Hello</p>",
    }
    row = EmailTemplate(**values | changes)
    row.save()
    return row


def layout(**changes):
    """A valid layout."""
    row = EmailLayout(**{"name": f"Layout {uuid.uuid4()}", "html": "{{ content }}"} | changes)
    row.save()
    return row


def layout_file(layout, name="logo.png", content=b"logo", *, content_id=""):
    stored = storage.store(name, io.BytesIO(content), "", content_id)
    return LayoutFile.objects.create(layout=layout, **asdict(stored))


def template_file(template, name="terms.txt", content=b"terms"):
    stored = storage.store(name, io.BytesIO(content), "", "")
    return TemplateFile.objects.create(template=template, **asdict(stored))


def api_key(**changes):
    """Return the row and the key itself."""
    row = ApiKey(**{"name": f"Key {uuid.uuid4()}"} | changes)
    token = row.make_token()
    row.save()
    return row, token


def alarm_channel(url="http://localhost:9/hook", **changes):
    """Return a webhook of alarms, which nobody listens to unless `url` says so."""
    values = {
        "name": f"Channel {uuid.uuid4()}",
        "kind": "webhook",
        "alarm_url": url,
        "alarm_secret": vault.seal(ALARM_SECRET, "alarm_secret"),
    }
    return AlarmChannel.objects.create(**values | changes)


def carried_notification(raw=b"", **changes):
    """A row that was handed in by SMTP."""
    raw = raw or b"To: a@contoso.example\r\nSubject: Scan\r\n\r\nHello\r\n"
    stored = storage.store("x.eml", io.BytesIO(raw), "", "")
    values = {
        "cloud": "emulator",
        "to": ["a@contoso.example"],
        "subject": "Scan",
        "message_id": f"<{uuid.uuid4()}@device>",
        "raw_path": stored.path,
        "raw_size": len(raw),
    }
    return Notification.objects.create(**values | changes)


def smtp_client(**changes):
    row = SmtpClient(**{"name": f"Client {uuid.uuid4()}"} | changes)
    row.make_user_name()
    row.make_password()
    row.save()
    return row


def content_of(attachment):
    with default_storage.open(attachment.path) as stream:
        return stream.read()


def account(**changes):
    now = timezone.now()
    values = {
        "tid": practice.TENANT,
        "oid": str(uuid.uuid4()),
        "address": practice.DESK,
        "cloud": "emulator",
        "scopes": "Mail.Send Mail.ReadWrite",
        "signed_in_at": now,
        "bucket_at": now,
    }
    return MicrosoftAccount.objects.create(**values | changes)


def user(name="megan", *, superuser=True, has_password=True):
    """Return somebody; without a password they log in by another way, or not yet."""
    make = User.objects.create_superuser if superuser else User.objects.create_user
    password = "password" if has_password else None
    return make(name, f"{name}@contoso.example", password, is_staff=True)


def person(role, name=""):
    """Return a user with one of the roles; another name means a user without permissions."""
    row = user(name or role.replace(" ", "-"), superuser=False)
    row.groups.set(Group.objects.filter(name=role))
    return row


def who_may(*rights):
    """Return a user with these rights alone."""
    row = user("ada", superuser=False)
    row.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return row


def connect(emulator, address=practice.DESK, **changes):
    """Sign in at the emulator and save, as the settings page does."""
    row = EmailSettings.objects.current()
    row.service = "exchange-online"
    row.tenant_id, row.client_id = practice.TENANT, practice.CLIENT
    row.client_secret = vault.seal(practice.SECRET, "client_secret")
    row.messages_a_minute = row.recipients_a_day = 0
    for name, value in changes.items():
        setattr(row, name, value)
    connection = Connection.of(row.values())
    application = connection.application()
    flow = entra.begin_sign_in(
        application,
        scopes=connection.permissions | connection.further_permissions,
        redirect_uri=REDIRECT_URI,
        state=str(uuid.uuid4()),
    )
    answer = emulator.choose(flow["auth_uri"], address)
    signed_in = entra.finish_sign_in(application, flow, answer, now=timezone.now())
    row.account = account(
        tid=signed_in.tid,
        oid=signed_in.oid,
        address=signed_in.address,
        scopes=signed_in.scopes,
        cache=vault.seal(signed_in.cache, "cache"),
        renewed_at=timezone.now(),
    )
    row.version += 1
    row.save()
    return row


def limit_attachments(megabytes=1):
    row = EmailSettings.objects.current()
    row.limit_attachments, row.attachment_limit_mb = True, megabytes
    row.save()


def certificate_pem():
    """A self-signed certificate with its RSA key, as one PEM file."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Mail Connector")])
    now = timezone.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem + certificate.public_bytes(Encoding.PEM)
