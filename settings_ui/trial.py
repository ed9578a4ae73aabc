"""Test Settings: the dialog's request. With JavaScript its steps are streamed as they run."""

import json
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from notifications.audit.actors import person
from notifications.audit.record import Target, record
from notifications.models.audit.act import Act
from notifications.models.settings import Service
from notifications.queue.trial import send_test

from .access import STEPS, may_change
from .account.section import incomplete
from .settings_page import SettingsPage
from .trial_dialog import ShownStep, TrialForm, in_words, is_sent, kept_steps, last_states


@may_change
def test_settings(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Open the dialog (without JavaScript), or send with the values on the page."""
    page = SettingsPage(request)
    if "send_test" not in request.POST:
        if page.state.is_draft_gone:
            return page.refuse()
        return page.back(dialog="open_test" in request.POST)
    dialog = TrialForm(request.POST)
    wants_steps = request.headers.get("Accept") == STEPS
    if problem := _problem(page, dialog):
        return _refuse(page, dialog, problem, in_json=wants_steps)
    assert page.state.account is not None  # noqa: S101 - else there were a problem
    record(Act.TESTED, person(request), Target.of(page.state.settings, ""))
    steps = map(
        in_words,
        send_test(
            page.connection,
            page.state.account,
            recipient=dialog.cleaned_data["test_recipient"],
            from_=dialog.cleaned_data["test_from"],
        ),
    )
    if wants_steps:
        # nginx would else keep the steps until the last one.
        unbuffered = {"X-Accel-Buffering": "no"}
        return StreamingHttpResponse(_lines(steps), content_type=STEPS, headers=unbuffered)
    return page.back(test_steps=kept_steps(last_states(steps)))


def _problem(page: SettingsPage, dialog: TrialForm) -> str:
    """Why no test can be sent, or ""."""
    if not dialog.is_valid():
        return _("Correct the fields of the dialog.")
    if of_form := page.form.non_field_errors():
        return str(of_form[0])
    if not page.form.is_valid():
        return _("The settings on the page have errors; correct them first.")
    if page.values.service == Service.NONE:
        return _("Choose an e-mail service first.")
    if page.state.account is None:
        return _("Sign in first: the test is sent from the signed-in account.")
    return incomplete(page.connection)


def _refuse(page: SettingsPage, dialog: TrialForm, problem: str, *, in_json: bool) -> HttpResponse:
    if in_json:
        told = {"errors": dialog.errors} if dialog.errors else {"settings": problem}
        return JsonResponse(told, status=422)
    if not dialog.errors and not page.form.non_field_errors():
        page.form.add_error(None, problem)
    return page.refuse(test_form=dialog, dialog=bool(dialog.errors))


def _lines(steps: Iterator[ShownStep]) -> Iterator[str]:
    """One JSON object a line: name, state, the step's HTML, and whether the test has been sent.
    The last one has the HTML of the result as well."""
    for step in steps:
        shown = {"step": step}
        told = {
            "name": step.name,
            "state": step.state,
            "html": render_to_string("settings_ui/_test_step.html", shown),
            "result": render_to_string("settings_ui/_test_result.html", shown),
            "sent": is_sent(step),
        }
        yield json.dumps(told) + "\n"
