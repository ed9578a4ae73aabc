"""Answer /me/mailFolders."""

from starlette.responses import Response

from exchange_emulator.graph import answers, lookup, rendering
from exchange_emulator.graph.access import Call, needs
from exchange_emulator.graph.messages import READ_BASIC


@needs(*READ_BASIC)
async def list_folders(call: Call) -> Response:
    names = [name for name in rendering.FOLDER_NAMES if name != "msgfolderroot"]
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
