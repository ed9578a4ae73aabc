"""When a credential ends, and at which stages people are told."""

from datetime import date, timedelta

import pytest

from notifications import endings, vault
from notifications.backends.microsoft import certificates
from notifications.mailbox import credential_expiry
from notifications.models.settings import SettingsValues
from tests import factories

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize("days", [400, 60, 1, 0, -1])
def test_a_secret_ends_on_the_day_that_was_entered(days):
    values = SettingsValues(secret_expires_on=TODAY + timedelta(days=days))

    assert credential_expiry.days_left(values, TODAY) == days


def test_a_secret_without_a_date_has_no_known_end():
    assert credential_expiry.days_left(SettingsValues(), TODAY) is None


def test_a_certificate_ends_by_itself_whatever_was_entered_for_a_secret(stopped_clock):
    pem = certificates.read(factories.certificate_pem())
    values = SettingsValues(
        credential="certificate",
        certificate=vault.seal(pem, "certificate"),
        secret_expires_on=TODAY,
    )

    assert credential_expiry.days_left(values, stopped_clock.date()) == 365


def test_a_certificate_that_cannot_be_read_has_no_known_end(settings):
    sealed = vault.seal(certificates.read(factories.certificate_pem()), "certificate")
    settings.ENCRYPTION_KEYS = ["Z" * 43 + "="]

    values = SettingsValues(credential="certificate", certificate=sealed)

    assert credential_expiry.days_left(values, TODAY) is None


@pytest.mark.parametrize(
    ("days", "stage"),
    [
        (None, None), (61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (2, 7),
        (1, 1), (0, 1), (-1, endings.PAST), (-400, endings.PAST),
    ],
)  # fmt: skip
def test_a_stage_lasts_until_the_next_one(days, stage):
    assert credential_expiry.stage(days) == stage
