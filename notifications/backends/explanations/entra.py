"""Entra ID's errors about a sign-in, the application or a token.

Source: "Microsoft Entra authentication and authorization error codes", and the OAuth 2.0
errors of RFC 6749 4.1.2.1 and 5.2 where Entra names no number.
"""

from notifications.i18n import gettext_noop as _

from .reactions import (
    CHECK_THE_WAY,
    SIGN_IN_AGAIN,
    Remedy,
    Row,
    blocked,
    expired_credential,
    new_credential,
    retry,
    sign_in,
)

_START_AGAIN = _("Start the sign-in again on E-mail > Settings, in the same browser.")
UNKNOWN = sign_in(
    _("Microsoft refused the sign-in."),
    _("See Microsoft's message below."),
    _("Look up the AADSTS number at learn.microsoft.com, then sign in again."),
)

ROWS: list[Row] = [
    (
        "AADSTS50173 AADSTS70008 AADSTS700082 AADSTS50132 AADSTS50133 AADSTS50058 "
        "AADSTS16000 invalid_grant interaction_required login_required",
        sign_in(
            _("The sign-in is no longer valid."),
            _("It was revoked, the password was changed, or it wasn't used for 90 days."),
            SIGN_IN_AGAIN,
        ),
    ),
    (
        "AADSTS70000 AADSTS9002313",
        sign_in(
            _("Microsoft rejected the stored sign-in."),
            _("It was revoked, or it is damaged in the database."),
            _(
                "Sign in again on E-mail > Settings and save. Sending then resumes. "
                "If it happens again, check MAILCONNECTOR_ENCRYPTION_KEYS."
            ),
        ),
    ),
    (
        "AADSTS50072 AADSTS50074 AADSTS50076 AADSTS50078 AADSTS50079",
        sign_in(
            _("Microsoft requires multi-factor authentication."),
            _("Only a person can complete it."),
            _(
                "Sign in again on E-mail > Settings and save. Sending then resumes. "
                "To avoid this, exclude the account from the sign-in frequency in Conditional "
                "Access."
            ),
        ),
    ),
    (
        "AADSTS53000 AADSTS53001 AADSTS53003 AADSTS530032 AADSTS530035",
        blocked(
            _("A Conditional Access policy blocks the sign-in."),
            _("Your tenant's policy doesn't allow this application, location or device."),
            _("Ask the person who manages Conditional Access to allow it, then sign in again."),
        ),
    ),
    (
        "AADSTS70043",
        blocked(
            _("A Conditional Access policy ended the sign-in."),
            _("The policy limits how long this account stays signed in."),
            _(
                "Ask the person who manages Conditional Access to exclude the account from the "
                "sign-in frequency, then sign in again."
            ),
        ),
    ),
    (
        "AADSTS50105",
        blocked(
            _("The account is not assigned to the application."),
            _("The enterprise application requires assignment."),
            _(
                "Assign the account under Enterprise applications > Users and groups, then sign in "
                "again."
            ),
        ),
    ),
    (
        "AADSTS50020 AADSTS50034 AADSTS51004",
        sign_in(
            _("This account does not belong to the tenant."),
            _("It was signed in with an account of another organization."),
            _("Sign in with an account of the configured tenant."),
        ),
    ),
    (
        "AADSTS50055 ErrorPasswordExpired ErrorPasswordChangeRequired",
        sign_in(
            _("The password of the account has expired."),
            _("Microsoft requires a new one before the account can sign in."),
            _("Change the password at Microsoft, then sign in again."),
        ),
    ),
    (
        "AADSTS50126",
        sign_in(
            _("The user name or the password was wrong."),
            _("Microsoft rejected what was entered on its page."),
            _("Sign in again with the right password."),
        ),
    ),
    (
        "AADSTS50057",
        blocked(
            _("The account is disabled."),
            _("An administrator disabled it in Microsoft Entra."),
            _("Enable the account or sign in with another one."),
        ),
    ),
    (
        "AADSTS65001 AADSTS90094 AADSTS90095 consent_required",
        sign_in(
            _("The application doesn't have the permissions it needs."),
            _("Consent was never given, was withdrawn, or must be given by an administrator."),
            _("Sign in again and accept, or send the admin-consent link to an administrator."),
        ),
    ),
    (
        "AADSTS65004 access_denied",
        sign_in(
            _("Consent was declined."),
            _("Someone clicked Cancel on Microsoft's permission page."),
            _("Sign in again and accept, or send the admin-consent link to an administrator."),
        ),
    ),
    (
        "AADSTS650052 AADSTS650057 AADSTS70011 AADSTS28002 AADSTS28003 AADSTS700022 invalid_scope",
        blocked(
            _("The application isn't allowed to request these permissions."),
            _("They are missing in its app registration, or the tenant has no Exchange Online."),
            _(
                "Add the permissions that E-mail > Settings lists to the app registration, then "
                "sign in again."
            ),
        ),
    ),
    (
        "AADSTS54005",
        sign_in(
            _("This sign-in was already used."),
            _("The page after the sign-in was opened twice."),
            _START_AGAIN,
        ),
    ),
    (
        "AADSTS501481",
        sign_in(
            _("The sign-in ended in a different browser session than it started in."),
            _("Its proof (PKCE) doesn't match."),
            _START_AGAIN,
        ),
    ),
    (
        "AADSTS50011",
        sign_in(
            _("The redirect URI is not registered."),
            _("The app registration doesn't contain this address."),
            _(
                "Copy the redirect URI from E-mail > Settings into the app registration, platform "
                "Web."
            ),
        ),
    ),
    (
        "AADSTS700084",
        blocked(
            _("The sign-in ends after 24 hours."),
            _("The redirect URI is registered for the platform “Single-page application”."),
            _(
                "Move the redirect URI to the platform Web in the app registration, then sign in "
                "again."
            ),
        ),
    ),
    (
        "AADSTS700016 AADSTS700011 AADSTS90002 AADSTS700005 AADSTS50194 unauthorized_client",
        blocked(
            _("Microsoft doesn't know this application or tenant."),
            _("The client ID, the tenant ID or the cloud is wrong."),
            _("Check the tenant ID and the client ID, and that the right cloud is chosen."),
            remedy=Remedy.APPLICATION,
        ),
    ),
    (
        "AADSTS90038 AADSTS900432 AADSTS500011",
        blocked(
            _("The tenant is in a different cloud."),
            _("Microsoft couldn't find it, or its Exchange Online, in the chosen cloud."),
            _("Choose the right one in E-mail > Settings, behind “Not the worldwide cloud?”."),
            remedy=Remedy.APPLICATION,
        ),
    ),
    (
        "AADSTS7000112 AADSTS70001",
        blocked(
            _("The application is disabled."),
            _("An administrator disabled it in Microsoft Entra, or it is not in this tenant."),
            _("Enable it under Enterprise applications > Properties, then sign in again."),
        ),
    ),
    (
        "invalid_client",
        new_credential(
            _("Microsoft rejected the application's credential."),
            _("See Microsoft's message below for what is wrong with the secret or certificate."),
            _("Enter a new client secret or certificate on E-mail > Settings and save."),
        ),
    ),
    (
        "AADSTS7000215 AADSTS7000218",
        new_credential(
            _("The client secret is wrong."),
            _("Usually the Secret ID was pasted instead of the Value, or the secret was deleted."),
            _("Create a client secret in the app registration and paste its Value."),
        ),
    ),
    (
        "SignInRefused",
        sign_in(
            _("Microsoft refused the sign-in."),
            _("Mail Connector doesn't know this code. See Microsoft's message below."),
            _("Search learn.microsoft.com for the message, then sign in again."),
        ),
    ),
    (
        "AADSTS7000222",
        expired_credential(
            _("The client secret has expired."),
            _("A secret expires on the date chosen when it was created."),
            _("Create a new client secret and enter its Value; no new sign-in is needed."),
        ),
    ),
    (
        "AADSTS700025",
        new_credential(
            _("The app registration is for apps without a secret."),
            _("Its redirect URI is registered for “Mobile and desktop applications”."),
            _("Register the redirect URI from E-mail > Settings for the platform Web."),
        ),
    ),
    (
        "AADSTS700027 AADSTS50012",
        expired_credential(
            _("The certificate was rejected."),
            _("It has expired, or it hasn't been uploaded to the app registration."),
            _("Upload the certificate to the app registration, or enter a new one."),
        ),
    ),
    (
        "AADSTS50196 AADSTS90033 AADSTS90024 AADSTS90006 AADSTS90090 AADSTS50033 "
        "temporarily_unavailable server_error",
        retry(
            _("Microsoft's sign-in service is busy."),
            _("It reported an error of its own, or there were too many requests in a short time."),
            CHECK_THE_WAY,
        ),
    ),
]
