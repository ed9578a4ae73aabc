"""Answer /me and /users/{id}: the directory's view of an account."""

from typing import Any

from starlette.responses import Response

from exchange_emulator.directory import User
from exchange_emulator.graph import answers
from exchange_emulator.graph.access import Call, RefusedError, needs


@needs("User.Read", "User.ReadBasic.All", directory=True)
async def get_user(call: Call) -> Response:
    named = call.request.path_params.get("user")
    user = call.world.directory.user(named) if named else call.account
    if user is None:
        raise RefusedError(
            "Request_ResourceNotFound",
            f"Resource '{named}' does not exist or one of its queried reference-property objects "
            "are not present.",
            404,
        )
    if user is not call.account and "User.ReadBasic.All" not in call.scopes:
        raise RefusedError(
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
            403,
        )
    body = {"@odata.context": f"{call.world.https_url}/v1.0/$metadata#users/$entity"}
    return answers.answer(body | _selected(call, user))


def _selected(call: Call, user: User) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "businessPhones": [],
        "displayName": user.name,
        "givenName": user.name.partition(" ")[0],
        "jobTitle": None,
        "mail": user.address if user.has_mailbox else None,
        "mobilePhone": None,
        "officeLocation": None,
        "preferredLanguage": None,
        "surname": user.name.partition(" ")[2] or None,
        "userPrincipalName": user.address,
        "id": user.object_id,
    }
    more = {
        "accountEnabled": user.enabled,
        "proxyAddresses": [f"SMTP:{user.address}", *(f"smtp:{each}" for each in user.aliases)],
    }
    names = [each.strip() for each in call.request.query_params.get("$select", "").split(",")]
    if names == [""]:
        return whole
    return {name: value for name, value in {**whole, **more}.items() if name in names}
