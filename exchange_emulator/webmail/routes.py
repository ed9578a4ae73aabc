"""Answer / with the index of the mailboxes, and /mailboxes/{address} with one of them."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from exchange_emulator.mail import drafts
from exchange_emulator.mail.ids import key_of
from exchange_emulator.mime import headers, reading
from exchange_emulator.pages import page
from exchange_emulator.storage.mailboxes import NOWHERE, TRANSIT, Item
from exchange_emulator.webmail import views
from exchange_emulator.world import World

PAGE = 50
LAST_PAGE = 10**6
FOLDERS = ("inbox", "sentitems", "drafts", "outbox", "deleteditems")
# The sender's HTML runs no scripts, sends no forms and makes no requests to anywhere.
POLICY = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'"


async def index(request: Request) -> Response:
    world: World = request.app.state.world
    return views.index(world, world.mailboxes.addresses())


async def mailbox(request: Request) -> Response:
    """Answer GET /mailboxes/{address}?folder=&page=, the newest first."""
    world: World = request.app.state.world
    address = request.path_params["address"].lower()
    folder = request.query_params.get("folder", "inbox")
    if folder not in FOLDERS:
        return not_found()
    at = min(max(1, key_of(request.query_params.get("page", "1")) or 1), LAST_PAGE)
    found = world.mailboxes.search(
        address, where="folder = ?", values=(folder,), limit=PAGE + 1, offset=(at - 1) * PAGE
    )
    counts = {
        name: world.mailboxes.count(address, where="folder = ?", values=(name,)) for name in FOLDERS
    }
    return views.mailbox(
        world, address, folder=folder, items=found[:PAGE], counts=counts, number=at,
        has_more=len(found) > PAGE,
    )  # fmt: skip


View = Callable[[World, Item, Request], Response]


def of_item(view: View) -> Callable[[Request], Awaitable[Response]]:
    # This is a coroutine, although it waits for nothing: Starlette would run a plain
    # function in a thread, where the SQLite connection must not go.
    async def endpoint(request: Request) -> Response:
        world: World = request.app.state.world
        key = key_of(request.path_params["key"])
        item = None if key is None else world.mailboxes.find(key)
        address = request.path_params["address"].lower()
        if item is None or item.mailbox != address or item.folder in (NOWHERE, TRANSIT):
            return not_found()
        return view(world, item, request)

    return endpoint


def not_found() -> Response:
    return page("Not found", '<h1>Not found</h1><p><a href="/">All mailboxes</a></p>', status=404)


@of_item
def message(world: World, item: Item, _: Request) -> Response:
    if not item.is_read:
        item = world.mailboxes.touch(item, now=world.clock.now(), is_read=True)
    return views.message(world, item)


@of_item
def source(world: World, item: Item, _: Request) -> Response:
    return views.source(item, mime_of(world, item).decode("utf-8", "replace"))


@of_item
def header_list(world: World, item: Item, _: Request) -> Response:
    return views.header_list(item, headers.split(mime_of(world, item))[0])


@of_item
def raw(world: World, item: Item, _: Request) -> Response:
    return Response(
        mime_of(world, item),
        media_type="message/rfc822",
        headers={"Content-Disposition": 'attachment; filename="message.eml"'},
    )


@of_item
def html_body(world: World, item: Item, _: Request) -> Response:
    """Return the HTML for the frame; its inline images are the message's attachments."""
    content = reading.body(mime_of(world, item))["content"]
    for each in drafts.attachments(world, item):
        if each.content_id:
            content = content.replace(f"cid:{each.content_id}", f"attachments/{each.tag}")
    return Response(content, media_type="text/html", headers={"Content-Security-Policy": POLICY})


@of_item
def attachment(world: World, item: Item, request: Request) -> Response:
    tag = request.path_params["tag"]
    for each in drafts.attachments(world, item):
        if each.tag == tag:
            kind = "inline" if each.is_inline else "attachment"
            return Response(
                each.data,
                media_type=reading.safe_type(each.content_type),
                headers={
                    "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(each.name)}",
                    "Content-Security-Policy": "sandbox",
                    "X-Content-Type-Options": "nosniff",
                },
            )
    return not_found()


def mime_of(world: World, item: Item) -> bytes:
    """Return the message as its owner has it."""
    return drafts.render(world, item)


_ITEM = "/mailboxes/{address}/{key}"
ROUTES = [
    Route("/", index),
    Route("/mailboxes/{address}", mailbox),
    Route(_ITEM, message),
    Route(f"{_ITEM}/source", source),
    Route(f"{_ITEM}/headers", header_list),
    Route(f"{_ITEM}/raw", raw),
    Route(f"{_ITEM}/body", html_body),
    Route(f"{_ITEM}/attachments/{{tag}}", attachment),
]
