"""What keeps mail from leaving: how it is arranged, its code, and words of its cause."""

from datetime import timedelta

from django.utils import timezone

from notifications.models import ConnectionEvent, EmailSettings, MicrosoftAccount
from notifications.models.event import EventKind
from tests import factories

WAITED = timedelta(minutes=20)


def account(**values):
    return lambda settings: MicrosoftAccount.objects.update(**values)


def rest(code, kind=EventKind.THROTTLED):
    def rests(settings):
        now = timezone.now()
        until = now + timedelta(minutes=5)
        MicrosoftAccount.objects.update(rests_until=until, rest_code=code)
        ConnectionEvent.objects.create(
            kind=kind, code=code, account=factories.practice.DESK, at=now - WAITED, until=until
        )

    return rests


def switched_off(settings):
    factories.enqueue()
    EmailSettings.objects.update(service="none")


def signed_out(settings):
    factories.enqueue()
    EmailSettings.objects.update(account=None)


def practised(settings):
    settings.CLOUD = "global"


SITUATIONS = {
    "full mailbox": (rest("ErrorQuotaExceeded"), "mailbox_full", "The mailbox is full."),
    "full mailbox, by its status alone": (rest("507"), "mailbox_full", "The mailbox is full."),
    "blocked sender": (
        rest("ErrorMessageSubmissionBlocked"),
        "sender_blocked",
        "Exchange has blocked the mailbox from sending.",
    ),
    "no way to Microsoft": (
        rest("HostNotFound", EventKind.RESTED),
        "unreachable",
        "Can't find Microsoft's host (DNS).",
    ),
    "wrong secret": (
        account(state="credential_expired", last_error_code="AADSTS7000215"),
        "credential_refused",
        "The client secret is wrong.",
    ),
    "expired secret": (
        account(state="credential_expired", last_error_code="AADSTS7000222"),
        "credential_expired",
        "The client secret has expired.",
    ),
    "revoked sign-in": (
        account(state="sign_in_required", last_error_code="AADSTS50173"),
        "sign_in_required",
        "The sign-in is no longer valid.",
    ),
    "EWS blocked": (
        account(state="blocked", last_error_code="EwsBlocked"),
        "blocked",
        "Your tenant blocks Exchange Web Services.",
    ),
    "service None": (switched_off, "no_service", "E-mail is switched off"),
    "nobody signed in": (signed_out, "not_signed_in", "Not signed in."),
    "lost environment": (account(cloud="china"), "cloud_not_named", "MAILCONNECTOR_CLOUD"),
    "practice account": (practised, "other_cloud", "a practice account"),
}
