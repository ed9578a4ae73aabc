"""List Entra's errors by AADSTS number.

"Microsoft Entra authentication and authorization error codes" gives numbers and
meanings; "Microsoft identity platform and OAuth 2.0 authorization code flow"
gives the JSON of the token endpoint. The `suberror` and `claims` of a number
that no recording shows are from general knowledge.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4


@dataclass(frozen=True)
class Kind:
    """Describe an error: RFC 6749's `error`, the token endpoint's status, text, `suberror`."""

    error: str
    text: str
    status: int = 400
    suberror: str = ""


_POLICY_CLAIMS = '{"access_token":{"capolids":{"essential":true,"values":["%s"]}}}'
_POLICY_ID = "c0a7050e-0000-4000-8000-000000000010"
CLAIMS = {50076: _POLICY_CLAIMS % _POLICY_ID, 53003: _POLICY_CLAIMS % _POLICY_ID}

KINDS = {
    16000: Kind("interaction_required", "Either multiple user identities are available for the "
        "current request or selected account is not supported for the scenario."),
    28003: Kind("invalid_scope", "Provided value for the input parameter scope can't be empty "
        "when requesting an access token using the provided authorization code."),
    50011: Kind("invalid_request", "The redirect URI '{uri}' specified in the request does not "
        "match the redirect URIs configured for the application '{client}'. Make sure the "
        "redirect URI sent in the request matches one added to your application in the portal."),
    50020: Kind("invalid_grant", "User account '{user}' from identity provider '{provider}' does "
        "not exist in tenant '{tenant}' and cannot access the application '{client}' in that "
        "tenant. The account needs to be added as an external user in the tenant first."),
    50033: Kind("temporarily_unavailable", "A transient error happened. Please try again.", 503),
    50034: Kind("invalid_grant", "The user account {user} does not exist in the {tenant} "
        "directory. To sign into this application, the account must be added to the directory.",
        suberror="bad_token"),
    50049: Kind("invalid_request", "Unknown or invalid instance."),
    50055: Kind("invalid_grant", "The password is expired."),
    50057: Kind("invalid_grant", "The user account is disabled."),
    50058: Kind("login_required", "A silent sign-in request was sent but no user is signed in."),
    50074: Kind("interaction_required", "Strong Authentication is required.",
        suberror="basic_action"),
    50076: Kind("invalid_grant", "Due to a configuration change made by your administrator, or "
        "because you moved to a new location, you must use multi-factor authentication to "
        "access '{resource}'.", suberror="basic_action"),
    50078: Kind("invalid_grant", "Presented multi-factor authentication has expired due to "
        "policies configured by your administrator, you must refresh your multi-factor "
        "authentication to access '{resource}'.", suberror="basic_action"),
    50079: Kind("invalid_grant", "Due to a configuration change made by your administrator, or "
        "because you moved to a new location, you must enroll in multi-factor authentication to "
        "access '{resource}'.", suberror="basic_action"),
    50105: Kind("invalid_grant", "The signed in user is not assigned to a role for the "
        "application."),
    50132: Kind("invalid_grant", "The session is not valid: the credentials were revoked or "
        "changed.", suberror="bad_token"),
    50133: Kind("invalid_grant", "The session is not valid due to expiration or recent password "
        "change.", suberror="bad_token"),
    50173: Kind("invalid_grant", "The provided grant has expired due to it being revoked, a fresh "
        "auth token is needed. The user might have changed or reset their password. The grant was "
        "issued on '{issued}' and the TokensValidFrom date (before which tokens are not valid) "
        "for this user is '{valid_from}'.", suberror="bad_token"),
    50194: Kind("invalid_request", "Application '{client}' is not configured as a multi-tenant "
        "application. Usage of the /common endpoint is not supported for such apps. Use a "
        "tenant-specific endpoint or configure the application to be multi-tenant."),
    53000: Kind("invalid_grant", "Device is not in required device state.",
        suberror="message_only"),
    53003: Kind("invalid_grant", "Access has been blocked by Conditional Access policies. The "
        "access policy does not allow token issuance.", suberror="message_only"),
    54005: Kind("invalid_grant", "OAuth2 Authorization code was already redeemed, please retry "
        "with a new valid code or use an existing refresh token."),
    65001: Kind("invalid_grant", "The user or administrator has not consented to use the "
        "application with ID '{client}' named '{name}'. Send an interactive authorization "
        "request for this user and resource.", suberror="consent_required"),
    65004: Kind("access_denied", "User declined to consent to access the app."),
    70000: Kind("invalid_grant", "Provided grant is invalid or malformed.", suberror="bad_token"),
    70003: Kind("unsupported_grant_type", "The app requested an unsupported grant type "
        "'{grant_type}'."),
    70007: Kind("invalid_request", "'{value}' is not a supported value of 'response_mode' when "
        "requesting an authorization code."),
    70008: Kind("invalid_grant", "The provided authorization code or refresh token has expired "
        "due to inactivity. Send a new interactive authorization request for this user and "
        "resource."),
    70011: Kind("invalid_scope", "The provided value for the input parameter 'scope' is not "
        "valid. The scope {scope} is not valid."),
    70043: Kind("invalid_grant", "The refresh token has expired or is not valid due to sign-in "
        "frequency checks by conditional access.", suberror="bad_token"),
    90002: Kind("invalid_request", "Tenant '{tenant}' not found. Check to make sure you have the "
        "correct tenant ID and are signing into the correct cloud. Check with your subscription "
        "administrator, this may happen if there are no active subscriptions for the tenant."),
    90006: Kind("temporarily_unavailable", "The service is temporarily unavailable.", 503),
    90014: Kind("invalid_request", "The required field '{field}' is missing from the credential. "
        "Ensure that you have all the necessary parameters for the login request."),
    90023: Kind("invalid_request", "The value of the parameter '{field}' is not supported."),
    90024: Kind("temporarily_unavailable", "The request exceeded its budget. Try again.", 503),
    90090: Kind("temporarily_unavailable", "The authentication request failed. Please try again.",
        503),
    90033: Kind("temporarily_unavailable", "A transient error has occurred. Please try again.",
        503),
    90094: Kind("access_denied", "{name} needs permission to access resources in your "
        "organization that only an admin can grant. Ask an admin to grant permission to this "
        "app before you can use it."),
    500011: Kind("invalid_resource", "The resource principal named '{resource}' was not found in "
        "the tenant named '{tenant}'."),
    500112: Kind("invalid_grant", "The reply address '{uri}' does not match the reply address "
        "provided when requesting Authorization code."),
    501481: Kind("invalid_grant", "The Code_Verifier does not match the code_challenge supplied "
        "in the authorization request."),
    650057: Kind("invalid_resource", "Invalid resource. The client has requested access to a "
        "resource which is not listed in the requested permissions in the client's application "
        "registration. Client app ID: {client}({name}). Resource value from request: "
        "{resource}."),
    700005: Kind("invalid_grant", "Provided Authorization Code is intended to use against other "
        "tenant, thus rejected."),
    700016: Kind("unauthorized_client", "Application with identifier '{client}' was not found in "
        "the directory '{tenant}'. This can happen if the application has not been installed "
        "by the administrator of the tenant or consented to by any user in the tenant. You may "
        "have sent your authentication request to the wrong tenant."),
    700022: Kind("invalid_scope", "The provided value for the input parameter scope isn't valid "
        "because it contains more than one resource."),
    700027: Kind("invalid_client", "Client assertion contains an invalid signature. [Reason - "
        "{reason}]", 401),
    700082: Kind("invalid_grant", "The refresh token has expired due to inactivity. The token "
        "was issued on {issued} and was inactive for 90.00:00:00.", suberror="bad_token"),
    700084: Kind("invalid_grant", "The refresh token was issued to a single page app (SPA), and "
        "therefore has a fixed, limited lifetime of 1.00:00:00, which cannot be extended."),
    900561: Kind("invalid_request", "The endpoint only accepts POST requests. Received a {method} "
        "request.", 405),
    1002012: Kind("invalid_scope", "The provided value for scope {scope} is not valid. Client "
        "credential flows must have a scope value with /.default suffixed to the resource "
        "identifier (application ID URI)."),
    7000112: Kind("unauthorized_client", "Application '{client}' is disabled."),
    7000215: Kind("invalid_client", "Invalid client secret provided. Ensure the secret being "
        "sent in the request is the client secret value, not the client secret ID, for a secret "
        "added to app '{client}'.", 401),
    7000218: Kind("invalid_client", "The request body must contain the following parameter: "
        "'client_assertion' or 'client_secret'.", 401),
    7000222: Kind("invalid_client", "The provided client secret keys for app '{client}' are "
        "expired. Visit the Azure portal to create new keys for your app, or consider using "
        "certificate credentials for added security.", 401),
    9002313: Kind("invalid_grant", "Invalid request. Request is malformed or invalid."),
}  # fmt: skip


class EntraError(Exception):
    """Carry one AADSTS error; `values` fill its text."""

    def __init__(
        self, code: int, *, error: str = "", at_token_endpoint: bool = False, **values: str
    ) -> None:
        self.code = code
        self.kind = KINDS[code]
        self.error = error or self.kind.error
        if at_token_endpoint:
            self.error = _AT_TOKEN_ENDPOINT.get(self.error, self.error)
        self.text = self.kind.text.format_map({**_UNKNOWN, **values})
        super().__init__(f"AADSTS{code}: {self.text}")


# The token endpoint does not know OpenID Connect's errors of the sign-in page.
_AT_TOKEN_ENDPOINT = {"login_required": "interaction_required", "access_denied": "invalid_grant"}
_WITHOUT_A_PAGE = (70011,)
_UNKNOWN = dict.fromkeys(
    ("client", "field", "grant_type", "issued", "method", "name", "provider", "reason", "resource",
     "scope", "tenant", "uri", "user", "valid_from", "value"), "unknown",
)  # fmt: skip


def description(error: EntraError, *, now: float, trace_id: str, correlation_id: str) -> str:
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    lines = [str(error), f"Trace ID: {trace_id}", f"Correlation ID: {correlation_id}"]
    # Until November 2023 each stood on a line of its own.
    return " ".join([*lines, f"Timestamp: {stamp}"])


def body(error: EntraError, *, now: float, correlation_id: str) -> dict[str, Any]:
    """Return the JSON of the token endpoint, with its keys in Entra's order."""
    trace_id = str(uuid4())
    answer: dict[str, Any] = {
        "error": error.error,
        "error_description": description(
            error, now=now, trace_id=trace_id, correlation_id=correlation_id
        ),
        "error_codes": [error.code],
        "timestamp": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%SZ"),
        "trace_id": trace_id,
        "correlation_id": correlation_id,
    }
    if error.code not in _WITHOUT_A_PAGE:
        answer["error_uri"] = f"https://login.microsoftonline.com/error?code={error.code}"
    if error.kind.suberror:
        answer["suberror"] = error.kind.suberror
    if error.code in CLAIMS:
        answer["claims"] = CLAIMS[error.code]
    return answer
