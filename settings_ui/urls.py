"""The addresses of the settings page. The callback's is registered with Microsoft."""

from django.urls import path

from . import (
    checklist,
    email_settings,
    leave_practice,
    left_drafts,
    sign_in,
    trace_check,
    trial,
)
from .account import check_now
from .application import pages as application
from .application.section import CALLBACK_PATH

urlpatterns = [
    path("settings/email/", email_settings.email_settings, name="email_settings"),
    path("settings/email/sign-in/", sign_in.start, name="sign_in"),
    path("settings/email/test/", trial.test_settings, name="test_settings"),
    path("settings/email/check/", check_now.check_now, name="check_now"),
    path("settings/email/trace/", trace_check.check_trace, name="check_trace"),
    path("settings/email/draft/", left_drafts.keep, name="keep_draft"),
    path("settings/email/draft/discard/", left_drafts.discard, name="discard_draft"),
    path("settings/email/checklist/", checklist.setup_checklist, name="setup_checklist"),
    path("settings/email/practice/", leave_practice.leave_practice, name="leave_practice"),
    path("settings/email/certificate/", application.create_certificate, name="create_certificate"),
    path("settings/email/certificate.cer", application.download_certificate, name="certificate"),
    path(
        "settings/email/trace/certificate/",
        application.create_certificate,
        {"of": "trace_certificate"},
        name="create_trace_certificate",
    ),
    path(
        "settings/email/trace/certificate.cer",
        application.download_certificate,
        {"of": "trace_certificate"},
        name="trace_certificate",
    ),
    path("settings/email/register.ps1", application.download_script, name="registration_script"),
    path(CALLBACK_PATH, sign_in.callback, name="oauth_callback"),
]
