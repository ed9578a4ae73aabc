"""Test Settings: the dialog's request. With JavaScript its steps are streamed as they run."""

import json
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from notifications.mailbox.connection import Connection
from notifications.queue.trial import send_test

from . import drafts, pages
from .access import STEPS, may_change
from .drafts import PageState
from .forms import EmailSettingsForm
from .trial_dialog import ShownStep, TrialForm, in_words, is_sent, kept_steps, last_states


@may_change
def test_settings(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Opens the dialog (without JavaScript), or sends with the values on the page."""
    state = drafts.load(request)
    form = EmailSettingsForm(request.POST, request.FILES, stored=state.stored)
    if "send_test" not in request.POST:
        return pages.back(request, form, dialog="open_test" in request.POST)
    dialog = TrialForm(request.POST)
    wants_steps = request.headers.get("Accept") == STEPS
    if problem := _problem(state, form, dialog):
        if wants_steps and dialog.errors:
            return JsonResponse({"errors": dialog.errors}, status=422)
        if wants_steps:
            return JsonResponse({"settings": problem}, status=422)
        if not dialog.errors:
            form.add_error(None, problem)
        return pages.render_page(
            request, state, form, status=422, test_form=dialog, dialog=bool(dialog.errors)
        )
    assert state.account is not None  # noqa: S101 - else there were a problem
    steps = map(
        in_words,
        send_test(
            Connection.of(form.values()),
            state.account,
            recipient=dialog.cleaned_data["test_recipient"],
            from_=dialog.cleaned_data["test_from"],
        ),
    )
    if wants_steps:
        # nginx would else keep the steps until the last one.
        unbuffered = {"X-Accel-Buffering": "no"}
        return StreamingHttpResponse(_lines(steps), content_type=STEPS, headers=unbuffered)
    return pages.back(request, form, test_steps=kept_steps(last_states(steps)))


def _problem(state: PageState, form: EmailSettingsForm, dialog: TrialForm) -> str:
    """Why no test can be sent, or ""."""
    if not dialog.is_valid():
        return _("Correct the fields of the dialog.")
    if not form.is_valid():
        return _("The settings on the page have errors; correct them first.")
    if state.account is None:
        return _("Sign in first: the test is sent from the signed-in account.")
    return pages.incomplete(Connection.of(form.values()).missing)


def _lines(steps: Iterator[ShownStep]) -> Iterator[str]:
    """One JSON object a line: name, state, the step's HTML, and whether the test has been sent.
    The HTML of the last one has the link to its log entry, and the explanation of a failure."""
    for step in steps:
        html = render_to_string("settings_ui/_test_step.html", {"step": step})
        told = {"name": step.name, "state": step.state, "html": html}
        yield json.dumps(told | {"sent": is_sent(step)}) + "\n"
