"""An alarm tells that the sign-in service refuses the application of the log-in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.alarms import watch
from notifications.models import Alarm

from .steps import OPERATOR, refusal, sign_in

pytestmark = pytest.mark.django_db


def test_an_application_that_is_refused_is_an_alarm_until_a_sign_in_works(client, settings):
    good, settings.OIDC_CLIENT_SECRET = settings.OIDC_CLIENT_SECRET, "expired"

    assert "refuses the application" in refusal(sign_in(client, OPERATOR))
    watch.watch(now=timezone.now())

    refused = Alarm.objects.filter(code="login_refused")
    assert refused.get() in Alarm.objects.standing()
    refusal(sign_in(client, OPERATOR))
    settings.OIDC_CLIENT_SECRET = good
    sign_in(client, OPERATOR)
    assert refused.get() not in Alarm.objects.standing()


def test_nobody_tries_any_more_and_the_alarm_is_over_after_a_day(db):
    now = timezone.now()
    watch.report_refused_login(now=now - timedelta(hours=23))
    watch.watch(now=now)
    assert Alarm.objects.standing().filter(code="login_refused").exists()

    watch.watch(now=now + timedelta(hours=2))

    assert not Alarm.objects.standing().filter(code="login_refused").exists()
