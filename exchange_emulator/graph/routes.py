"""List Graph's addresses. `/me` and `/users/{id or address}` have the same ones below."""

from exchange_emulator.anycase import AnyCaseRoute as Route
from exchange_emulator.graph import (
    attachments,
    batch,
    folders,
    messages,
    moving,
    profile,
    tracing,
    uploads,
)


def _routes(owner: str) -> list[Route]:
    item, folder = f"{owner}/messages/{{id}}", f"{owner}/mailFolders/{{folder}}"
    return [
        Route(owner, profile.get_user),
        Route(f"{owner}/sendMail", messages.send_mail, methods=["POST"]),
        Route(f"{owner}/messages", messages.list_messages),
        Route(f"{owner}/messages", messages.create_message, methods=["POST"]),
        Route(item, messages.get_message),
        Route(item, messages.patch_message, methods=["PATCH"]),
        Route(item, messages.delete_message, methods=["DELETE"]),
        Route(f"{item}/$value", messages.get_mime),
        Route(f"{item}/send", messages.send_message, methods=["POST"]),
        Route(f"{item}/attachments", attachments.list_attachments),
        Route(f"{item}/attachments", attachments.add_attachment, methods=["POST"]),
        Route(f"{item}/attachments/createUploadSession", uploads.create_session, methods=["POST"]),
        Route(f"{item}/attachments/{{attachment}}", attachments.get_attachment),
        Route(
            f"{item}/attachments/{{attachment}}",
            attachments.delete_attachment,
            methods=["DELETE"],
        ),
        Route(f"{item}/attachments/{{attachment}}/$value", attachments.get_content),
        Route(f"{item}/move", moving.move, methods=["POST"]),
        Route(f"{owner}/mailFolders", folders.list_folders),
        Route(f"{owner}/mailFolders", moving.create_folder, methods=["POST"]),
        Route(folder, folders.get_folder),
        Route(f"{folder}/messages", messages.list_messages),
        Route(f"{folder}/messages", messages.create_message, methods=["POST"]),
    ]


_TRACES = "/v1.0/admin/exchange/tracing/messageTraces"
_SESSION = "/api/v2.0/Users('{owner}')/Messages('{id}')/AttachmentSessions('{session}')"
ROUTES = [
    Route("/v1.0/$batch", batch.batch, methods=["POST"]),
    Route(_TRACES, tracing.list_traces),
    Route(
        f"{_TRACES}/{{id}}/getDetailsByRecipient(recipientAddress='{{recipient}}')",
        tracing.list_details,
    ),
    *_routes("/v1.0/me"),
    *_routes("/v1.0/users/{user}"),
    Route(_SESSION, uploads.session, methods=["GET", "PUT", "DELETE"]),
]
