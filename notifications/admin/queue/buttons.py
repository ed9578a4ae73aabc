"""The buttons above the Notification Queue, and who may press them."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from notifications import outbox
from notifications.audit.actors import person
from notifications.audit.record import Target, record
from notifications.models import QueueState
from notifications.models.audit.act import Act
from notifications.queue import installation

from .actions import LIST

_MANAGE = "notifications.change_notification"
_QUEUE = Target.all_of(QueueState)
# The buttons are not shown to others, who therefore cannot have pressed one by mistake.
for_managers = permission_required(_MANAGE, raise_exception=True)


def may_manage(request: HttpRequest) -> bool:
    return request.user.has_perm(_MANAGE)


@require_POST
@for_managers
def pause(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        outbox.pause(by=request.user.get_username())
        record(Act.PAUSED, person(request), _QUEUE)
    messages.success(request, _("The queue is paused."))
    return redirect(LIST)


@require_POST
@for_managers
def resume(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        outbox.resume(by=request.user.get_username())
        record(Act.RESUMED, person(request), _QUEUE)
    messages.success(request, _("Queue resumed."))
    return redirect(LIST)


@require_POST
@for_managers
def database(request: HttpRequest) -> HttpResponse:
    """Take a person's word for what became of a database of another installation."""
    answers = {
        "moved": installation.moved,
        "restored": installation.restored,
        "copied": installation.copied,
    }
    name = request.POST.get("answer", "")
    answer = answers.get(name)
    state = QueueState.objects.current()
    if answer is None or not (state.is_foreign or state.is_copy):
        messages.error(request, _("There is nothing to answer: the database is this one's own."))
    else:
        with transaction.atomic():
            answer()
            record(Act.DATABASE_ANSWERED, person(request), _QUEUE, answer=name)
    return redirect(LIST)
