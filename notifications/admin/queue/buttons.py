"""The buttons above the Notification Queue, and who may press them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from notifications import outbox
from notifications.models import QueueState
from notifications.queue import installation

from .actions import LIST


def may_manage(request: HttpRequest) -> bool:
    return request.user.has_perm("notifications.change_notification")


def require_manager(request: HttpRequest) -> None:
    """Refuse people who do not see the buttons, so cannot have pressed one by mistake."""
    if not may_manage(request):
        raise PermissionDenied


@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    require_manager(request)
    outbox.pause(by=request.user.get_username())
    messages.success(request, _("The queue is paused."))
    return redirect(LIST)


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    require_manager(request)
    outbox.resume(by=request.user.get_username())
    messages.success(request, _("The queue goes on."))
    return redirect(LIST)


@require_POST
def database(request: HttpRequest) -> HttpResponse:
    """Take a person's word for what became of a database of another installation."""
    require_manager(request)
    answers = {
        "moved": installation.moved,
        "restored": installation.restored,
        "copied": installation.copied,
    }
    answer = answers.get(request.POST.get("answer", ""))
    state = QueueState.objects.current()
    if answer is None or not (state.is_foreign or state.is_copy):
        messages.error(request, _("There is nothing to answer: the database is this one's own."))
    else:
        answer()
    return redirect(LIST)
