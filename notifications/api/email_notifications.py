"""E-mail Notifications: which there are, and to run one."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Status

from notifications.email_templates import run as actions
from notifications.email_templates.run import Initiator, When
from notifications.models import EmailTemplate
from notifications.models.notification import Priority

from . import answers, bodies, output
from .key_auth import key_that_may_send
from .messages import IdempotencyKey
from .problems import Problem
from .schemas import EmailNotificationOut, RunIn, RunOut
from .submission import submit

router = Router(tags=["E-mail Notifications"])
Name = Annotated[str, Path(min_length=1, max_length=100)]
_EXAMPLE = {
    "context": {"ticket": {"number": 17}, "email": "alex@contoso.example"},
    "language": "de",
}


@router.get(
    "/email-notifications",
    response=list[EmailNotificationOut],
    summary="The enabled E-mail Notifications",
    openapi_extra={
        "responses": answers.described(
            {200: ("Those that can be run.", [answers.E_MAIL_NOTIFICATION])}
        )
    },
)
def list_email_notifications(request: HttpRequest) -> Any:
    key_that_may_send(request)
    return [
        {
            "name": template.name,
            "subject": template.subject,
            "fields": [field.path for field in template.fields()],
            "language": template.language,
            "languages": list(template.languages),
            "layout": template.layout.name if template.layout else None,
            "sample_context": template.sample_context,
        }
        for template in EmailTemplate.objects.filter(enabled=True).select_related("layout")
    ]


@router.post(
    "/email-notifications/{name}/run",
    response={201: RunOut, 200: RunOut},
    by_alias=True,
    summary="Run an E-mail Notification",
    openapi_extra={
        "requestBody": bodies.described(RunIn, _EXAMPLE),
        "responses": answers.described(
            {
                201: ("Queued.", {"message": answers.MESSAGE}),
                200: (
                    "Nothing new was queued: the same `Idempotency-Key` came before, or nobody was "
                    "left to notify.",
                    {"message": None},
                ),
            },
            404,
            413,
            415,
            422,
        ),
    },
)
def run(
    request: HttpRequest, response: HttpResponse, name: Name, idempotency_key: IdempotencyKey = ""
) -> Any:
    """Fills in the template with the context and queues the result. Bodies are as for messages.
    200 also where nobody was left to notify."""
    key = key_that_may_send(request)
    template = None if "\0" in name else EmailTemplate.objects.filter(name=name).first()
    if template is None:
        raise Problem(404, "There is no such E-mail Notification.")
    body, files = bodies.read(request, RunIn)
    status, row = submit(
        lambda given: actions.run(
            template,
            body.context,
            initiator=Initiator(key.name, body.initiator_address, key),
            files=files,
            when=When(Priority[body.priority.upper()], body.due_at, body.expires_at, given),
            language=body.language,
        ),
        request=request,
        response=response,
    )
    return Status(status, {"message": output.message(row, key=key) if row else None})
