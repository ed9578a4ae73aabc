"""The claims of an ID token that are stored, checked: MSAL (1.38 and later) only decodes them.

Source: "ID token claims reference" (Microsoft identity platform).
"""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints, ValidationError

from notifications.backends.errors import Answer, AuthError, TransientError

from . import tenants

LEEWAY = timedelta(minutes=5)
_TENANT_OF_ISSUER = re.compile(r"https://[^/]+/([0-9a-f-]{36})/v2\.0/?", re.IGNORECASE)
_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]*$", max_length=64)]
_Address = Annotated[str, StringConstraints(pattern=r"^[^\s\x00-\x1f\x7f]*$", max_length=254)]


class Claims(BaseModel, strict=True, frozen=True):
    """What a token says. A claim that it lacks is "", which no check takes for right."""

    aud: str = ""
    iss: str = ""
    tid: _Id = ""
    oid: _Id = ""
    preferred_username: _Address = ""
    exp: int
    nbf: int = 0


def check(claims: Any, *, client_id: str, issuer: str, now: datetime) -> Claims:
    """Return the claims. `issuer` is the one of the tenant's discovery document, which has its ID
    even if the tenant was named by a domain.

    Raises AuthError for a token that is not for this application and tenant, TransientError for
    one that cannot be read or that only our clock makes wrong.
    """
    try:
        found = Claims.model_validate(claims)
    except ValidationError as error:
        names = ", ".join(sorted({str(each["loc"][0]) for each in error.errors() if each["loc"]}))
        said = f"The id_token cannot be read: {names or 'no claims'}."
        raise TransientError(Answer(code="SignInServiceFailed", message=said)) from None
    if found.aud != client_id or not found.oid or not _is_of_tenant(found, issuer):
        said = "The id_token is not for this application and tenant."
        raise AuthError(Answer(code="ForgedSignIn", message=said))
    # The token comes fresh from Microsoft, so it looks wrong only if our clock is.
    if found.exp < now.timestamp() or found.nbf > (now + LEEWAY).timestamp():
        said = "A new id_token has expired already, or is not valid yet."
        raise TransientError(Answer(code="ClockWrong", message=said))
    return found


def _is_of_tenant(found: Claims, issuer: str) -> bool:
    named = _TENANT_OF_ISSUER.fullmatch(issuer)
    if named is None or tenants.is_shared(named[1]):
        return False
    return found.iss == issuer and found.tid.lower() == named[1].lower()
