"""A message as MIME: as it would leave now, or as it left as far as that is kept."""

import re
from collections.abc import Iterable
from dataclasses import replace
from email.utils import format_datetime

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from notifications.admin.sensitive import may_see, tell_download
from notifications.message.addresses import AddressError
from notifications.message.compose import compose
from notifications.models import Attachment, Attempt, EmailSettings, Notification
from notifications.queue.outgoing import message_of

from . import carried_content

MOST_SOURCE = 1024 * 1024  # bytes of a carried message that are shown
# The account of a message that nobody has sent yet, where nobody is signed in.
_NOBODY = "mailbox@mail-connector.invalid"
_DATE = re.compile(rb"^Date: [^\r\n]*", re.MULTILINE)
_OF_BODY = re.compile(r"(?i)(content-|mime-version)")


def mime_of(row: Notification, files: Iterable[Attachment]) -> bytes:
    """Compose the message; recipients in Bcc are left out, as Exchange does when it delivers.

    Raises FileNotFoundError if a file is no longer kept, AddressError for an address of before
    addresses were checked.
    """
    if row.is_carried:
        return carried_content.source_of(row, most=MOST_SOURCE)
    saved = EmailSettings.objects.current()
    row.files = list(files)  # type: ignore[attr-defined]
    message = message_of(row, saved.values(), account=_account(row, saved))
    mime = compose(replace(message, bcc=())).mime
    if row.accepted_at is None:
        return mime
    date = format_datetime(row.accepted_at).encode()
    return _DATE.sub(b"Date: " + date, mime, count=1)


def headers_of(row: Notification) -> str:
    """Return the header lines but those that tell how the body is written."""
    head = re.split(rb"\r?\n\r?\n", mime_of(row, ()), maxsplit=1)[0].decode(errors="replace")
    lines = re.split(r"\r\n(?![ \t])", head)
    return "\n".join(line for line in lines if not _OF_BODY.match(line)).replace("\r\n", "\n")


@require_safe
@permission_required("notifications.view_notification", raise_exception=True)
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The message as a file that mail programs open."""
    row = get_object_or_404(Notification, pk=pk)
    if not may_see(request.user, row):
        raise PermissionDenied
    name = f"message-{pk}.eml"
    if row.is_carried:
        answer = carried_content.download(row)
        tell_download(request, row)
        return answer
    try:
        mime = mime_of(row, row.attachments.all())
    except (FileNotFoundError, AddressError) as error:
        raise Http404(_("The message cannot be written: a file is not kept any more.")) from error
    tell_download(request, row)
    response = HttpResponse(mime, content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _account(row: Notification, saved: EmailSettings) -> str:
    """Return the mailbox that the message left from, else the one that it would leave from."""
    used = Attempt.objects.filter(notification=row).exclude(account="").order_by("-at", "-pk")
    left_from = used.values_list("account", flat=True).first()
    return left_from or (saved.account.address if saved.account else _NOBODY)
