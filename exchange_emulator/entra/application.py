"""Read a client credentials request: an application asks for itself.

Source: "OAuth 2.0 client credentials flow".
"""

from collections.abc import Mapping

from exchange_emulator.directory import App
from exchange_emulator.entra import scopes
from exchange_emulator.entra.errors import EntraError
from exchange_emulator.world import World


def resource(world: World, app: App, form: Mapping[str, str]) -> str:
    """Return the resource whose `/.default` is asked for; no other scope may be."""
    text = form.get("scope", "")
    if not text:
        raise EntraError(90014, field="scope")
    try:
        asked, reserved = scopes.parse(text, world.https_url)
    except scopes.UnknownScopeError as error:
        raise EntraError(70011, scope=str(error)) from error
    if len(asked) != 1 or reserved or asked[0].name != ".default":
        raise EntraError(1002012, scope=text)
    return asked[0].resource
