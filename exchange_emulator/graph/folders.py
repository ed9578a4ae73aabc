"""Answer /me/mailFolders."""

import re

from starlette.responses import Response

from exchange_emulator.graph import answers, lookup, rendering
from exchange_emulator.graph.access import Call, needs
from exchange_emulator.graph.messages import READ_BASIC

_DISPLAY_NAME = re.compile(r"displayName\s+eq\s+'((?:[^']|'')*)'\Z")


@needs(*READ_BASIC)
async def list_folders(call: Call) -> Response:
    names = [name for name in rendering.FOLDER_NAMES if name != "msgfolderroot"]
    names += call.world.mailboxes.own_folders(call.mailbox.address)
    if wanted := _DISPLAY_NAME.match(call.request.query_params.get("$filter", "")):
        named = wanted[1].replace("''", "'").lower()
        names = [each for each in names if rendering.FOLDER_NAMES.get(each, each).lower() == named]
    body = {
        "@odata.context": rendering.context(call, "mailFolders"),
        "value": [rendering.folder(call, name) for name in names],
    }
    return answers.answer(body)


@needs(*READ_BASIC)
async def get_folder(call: Call) -> Response:
    name = lookup.folder_name(call)
    body = {"@odata.context": rendering.context(call, "mailFolders/$entity")}
    return answers.answer(body | rendering.folder(call, name))
