"""What Entra ID answers about a sign-in, the application or a token.

Source: "Microsoft Entra authentication and authorization error codes", and the OAuth 2.0
errors of RFC 6749 4.1.2.1 and 5.2 where Entra names no number.
"""

from notifications.reactions import Row, blocked, new_credential, retry, sign_in

from .connecting import CHECK_THE_WAY

SIGN_IN_AGAIN = "Open E-mail > Settings, click Change and sign in again; the queue then goes on."
_START_AGAIN = "Start the sign-in again on E-mail > Settings, in the same browser."
UNKNOWN = sign_in(
    "Microsoft refused the sign-in.",
    "Microsoft's own words below say why.",
    "Look the AADSTS number up at learn.microsoft.com, then sign in again.",
)

ROWS: list[Row] = [
    (
        "AADSTS50173 AADSTS70008 AADSTS700082 AADSTS50132 AADSTS50133 AADSTS50058 "
        "AADSTS16000 invalid_grant interaction_required login_required",
        sign_in(
            "The sign-in is no longer valid.",
            "Microsoft ended it: it was revoked, the password changed, or it was not renewed for "
            "90 days.",
            SIGN_IN_AGAIN,
        ),
    ),
    (
        "AADSTS70000 AADSTS9002313",
        sign_in(
            "Microsoft does not accept the stored sign-in.",
            "It was revoked, or it did not come out of the database as it went in.",
            f"{SIGN_IN_AGAIN} If it happens again, check MAILCONNECTOR_ENCRYPTION_KEYS.",
        ),
    ),
    (
        "AADSTS50072 AADSTS50074 AADSTS50076 AADSTS50078 AADSTS50079",
        sign_in(
            "Microsoft wants the account to confirm itself.",
            "Multi-factor authentication is asked for, which only a person can do.",
            f"{SIGN_IN_AGAIN} To avoid this, exempt the account in Conditional Access.",
        ),
    ),
    (
        "AADSTS53000 AADSTS53001 AADSTS53003 AADSTS530032 AADSTS530035",
        blocked(
            "A Conditional Access policy blocks the sign-in.",
            "The policy of your tenant does not allow this application, place or device.",
            "Ask whoever manages Conditional Access to allow it, then sign in again.",
        ),
    ),
    (
        "AADSTS70043",
        blocked(
            "A Conditional Access policy ended the sign-in.",
            "The policy lets a sign-in of this account last for a limited time only.",
            "Ask whoever manages Conditional Access to exempt the account from the sign-in "
            "frequency, then sign in again.",
        ),
    ),
    (
        "AADSTS50105",
        blocked(
            "The account is not assigned to the application.",
            "The enterprise application lets in assigned users only.",
            "Assign the account under Enterprise applications > Users and groups, then sign in "
            "again.",
        ),
    ),
    (
        "AADSTS50020 AADSTS50034 AADSTS51004",
        sign_in(
            "This account does not belong to the tenant.",
            "It was signed in with an account of another organization.",
            "Sign in with an account of the configured tenant.",
        ),
    ),
    (
        "AADSTS50055",
        sign_in(
            "The password of the account has expired.",
            "Microsoft wants a new one before it lets the account in.",
            "Change the password at Microsoft, then sign in again.",
        ),
    ),
    (
        "AADSTS50126",
        sign_in(
            "The user name or the password was wrong.",
            "Microsoft did not accept what was typed on its page.",
            "Sign in again with the right password.",
        ),
    ),
    (
        "AADSTS50057",
        blocked(
            "The account is disabled.",
            "An administrator disabled it in Microsoft Entra.",
            "Enable the account or sign in with another one.",
        ),
    ),
    (
        "AADSTS65001 AADSTS90094 AADSTS90095 consent_required",
        sign_in(
            "The application has not been given the permissions it needs.",
            "Consent was never given, was withdrawn, or is for an administrator to give.",
            "Sign in again and accept, or send the admin-consent link to an administrator.",
        ),
    ),
    (
        "AADSTS65004 access_denied",
        sign_in(
            "Consent was refused.",
            "Whoever signed in clicked Cancel on Microsoft's permission page.",
            "Sign in again and accept, or send the admin-consent link to an administrator.",
        ),
    ),
    (
        "AADSTS650052 AADSTS650057 AADSTS70011 AADSTS28002 AADSTS28003 AADSTS700022 invalid_scope",
        blocked(
            "The application may not ask for these permissions.",
            "They are not listed in its app registration, or the tenant has no Exchange Online.",
            "Add the permissions that E-mail > Settings lists to the app registration, then sign "
            "in again.",
        ),
    ),
    (
        "AADSTS54005",
        sign_in(
            "This sign-in was already used.",
            "The page that Microsoft returned to was opened twice.",
            _START_AGAIN,
        ),
    ),
    (
        "AADSTS501481",
        sign_in(
            "The sign-in took another way back than it started.",
            "The browser session of its beginning is gone, so its proof (PKCE) does not match.",
            _START_AGAIN,
        ),
    ),
    (
        "AADSTS50011",
        sign_in(
            "The redirect URI is not registered.",
            "The application's registration does not list the address of this page.",
            "Copy the redirect URI from E-mail > Settings into the app registration, platform Web.",
        ),
    ),
    (
        "AADSTS700084",
        blocked(
            "The sign-in ends after 24 hours.",
            "The redirect URI is registered for the platform “Single-page application”.",
            "Move the redirect URI to the platform Web in the app registration, then sign in "
            "again.",
        ),
    ),
    (
        "AADSTS700016 AADSTS700011 AADSTS90002 AADSTS700005 AADSTS50194 unauthorized_client",
        blocked(
            "Microsoft does not know this application or tenant.",
            "The client ID, the tenant ID or the cloud is not the right one.",
            "Check the tenant ID and the client ID, and that the right cloud is chosen.",
        ),
    ),
    (
        "AADSTS90038 AADSTS900432 AADSTS500011",
        blocked(
            "The tenant lives in another cloud.",
            "Microsoft looked for it, or for its Exchange Online, in the chosen cloud in vain.",
            "Choose the right one in E-mail > Settings, behind “Not the worldwide cloud?”.",
        ),
    ),
    (
        "AADSTS7000112 AADSTS70001",
        blocked(
            "The application is disabled.",
            "An administrator disabled it in Microsoft Entra, or it is not in this tenant.",
            "Enable it under Enterprise applications > Properties, then sign in again.",
        ),
    ),
    (
        "AADSTS7000215 AADSTS7000218 invalid_client",
        new_credential(
            "The client secret is wrong.",
            "Often the Secret ID was pasted instead of the Value, or the secret was deleted.",
            "Create a client secret in the app registration and paste its Value.",
        ),
    ),
    (
        "SignInRefused",
        sign_in(
            "Microsoft refused the sign-in.",
            "Its own words below say why; the connector does not know this code.",
            "Look the words up at learn.microsoft.com, then sign in again.",
        ),
    ),
    (
        "AADSTS7000222",
        new_credential(
            "The client secret has expired.",
            "Secrets end on the date chosen when they were made.",
            "Create a new client secret and enter its Value; no new sign-in is needed.",
        ),
    ),
    (
        "AADSTS700025",
        new_credential(
            "The app registration is for programs without a secret.",
            "Its redirect URI is registered for “Mobile and desktop applications”.",
            "Register the redirect URI of E-mail > Settings under the platform Web.",
        ),
    ),
    (
        "AADSTS700027 AADSTS50012",
        new_credential(
            "The certificate was not accepted.",
            "It has expired, or it is not uploaded to the app registration.",
            "Upload the certificate to the app registration, or enter a new one.",
        ),
    ),
    (
        "AADSTS50196 AADSTS90033 AADSTS90024 AADSTS90006 AADSTS90090 AADSTS50033 "
        "temporarily_unavailable server_error",
        retry(
            "Microsoft's sign-in service is busy.",
            "It has a fault of its own, or was asked too often in a short time.",
            CHECK_THE_WAY,
        ),
    ),
]
