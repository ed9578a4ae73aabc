from datetime import timedelta

import pytest

from notifications.backends.errors import (
    Answer,
    AuthError,
    PermanentError,
    ThrottledError,
    TransientError,
    UnknownOutcomeError,
)
from notifications.backends.explanations import entra, exchange, network, refusals
from notifications.backends.explanations import explain as explanations
from notifications.backends.explanations.explain import (
    EXPLANATIONS,
    AccountTrouble,
    Reaction,
    error_for,
    explain,
    sign_in_code,
)

ROWS = [*exchange.ROWS, *entra.ROWS, *network.ROWS, *refusals.ROWS]
TEXTS = [
    *EXPLANATIONS.values(), entra.UNKNOWN, explanations._REFUSED, exchange.NAMED_PROPERTIES
]  # fmt: skip
# What each reaction raises before and after the request that asks Exchange to send.
RAISED = {
    Reaction.FAIL: (PermanentError, PermanentError),
    Reaction.RETRY: (TransientError, TransientError),
    Reaction.SETTLE: (TransientError, UnknownOutcomeError),
    Reaction.REST: (ThrottledError, ThrottledError),
    Reaction.SIGN_IN: (AuthError, AuthError),
}
# What the queue has to do about each code, written down a second time.
REACTIONS = {
    Reaction.FAIL: """
        ErrorInvalidRecipients ErrorMimeContentInvalidBase64String InvalidInternetMessageHeader
        BadRequest RequestBodyRead ErrorInvalidRequest ErrorPropertyValidationFailure
        ErrorAttachmentSizeShouldNotBeLessThanMinimumSize ErrorSendAsDenied
        ErrorMessageSizeExceeded RequestEntityTooLarge ErrorExceededMaxRecipientLimit
        ErrorMissingRecipients ErrorMimeContentInvalid ErrorContentConversionFailed
        ErrorSchemaValidation AttachmentLimitExceeded InternalFault ErrorMailRecipientNotFound
        ErrorDataSizeLimitExceeded ErrorCorruptData ErrorInvalidSmtpAddress
        ErrorRecipientNotFound ErrorInvalidRoutingType ErrorAttachmentSizeLimitExceeded
        ErrorRequestStreamTooBig ErrorMimeContentConversionFailed ErrorUnsupportedMimeConversion
        ErrorItemCorrupt ErrorInvalidPropertySet ErrorMessageDispositionRequired
        ErrorInvalidSendItemSaveSettings TooLargeToCarry SmtpRefused SmtpDryRun SmtpExpired""",
    Reaction.RETRY: """
        ConnectionFailed HostNotFound ConnectionRefused NoRoute ConnectTimedOut
        ProxyUnreadable ProxyUnreachable ProxyNeedsPassword ProxyRefused CertificateRefused
        CertificateWrongHost
        CertificateOutOfDate TlsFailed ClockWrong CertificateBundleMissing SignInServiceFailed
        AADSTS700024 AADSTS500133 UploadRefused NeverTaken ErrorADUnavailable ErrorADOperation
        ErrorInsufficientResources ErrorNotEnoughMemory ErrorNoRespondingCASInDestinationSite
        ErrorProxyTokenExpired ErrorInvalidChangeKey ErrorStaleObject ErrorChangeKeyRequired
        ErrorChangeKeyRequiredForWriteOperations ErrorIrresolvableConflict ErrorADSessionFilter
        ErrorNoApplicableProxyCASServersAvailable ErrorNoDestinationCASDueToKerberosRequirements
        ErrorNoDestinationCASDueToSSLRequirements ErrorNoDestinationCASDueToVersionMismatch
        ErrorNoOAuthServerAvailableForRequest ErrorServiceDiscoveryFailed
        ErrorProxyServiceDiscoveryFailed ErrorLocalServerObjectNotFound ErrorCrossSiteRequest
        ErrorLogonAsNetworkServiceFailed ErrorGetServerSecurityDescriptorFailed
        ErrorInvalidNetworkServiceContext ErrorInvalidProxySecurityContext
        ErrorInvalidSerializedAccessToken ErrorTokenSerializationDenied
        ErrorBatchProcessingStopped ErrorAutoDiscoverFailed
        AADSTS90033 AADSTS90024 AADSTS90006 AADSTS90090 AADSTS50033 AADSTS50196
        temporarily_unavailable server_error""",
    Reaction.SETTLE: """
        ErrorInternalServerError ErrorInternalServerTransientError serviceNotAvailable
        UnknownError ErrorTimeoutExpired ErrorItemNotFound ErrorMailboxMoveInProgress
        ErrorMailboxStoreUnavailable ErrorMailboxFailover ConnectionLost TimedOut
        UnexpectedAnswer NoAnswerKept ErrorConnectionFailed ErrorRequestAborted
        ErrorProxyCallFailed ErrorMailboxLogonFailed ErrorClientDisconnected
        ErrorProxyRequestProcessingFailed ErrorProxySoapException ErrorWebRequestInInvalidState
        ErrorResponseSchemaValidation ErrorParsingXMLResponse ErrorDataSourceOperation
        ErrorWin32InteropError ErrorItemSave generalException""",
    Reaction.REST: """
        ApplicationThrottled TooManyRequests activityLimitReached CommandConcurrencyLimitReached
        ErrorServerBusy ErrorExceededConnectionCount ErrorTooManyObjectsOpened
        ErrorExceededMessageLimit ErrorExceededMessageLimitShowTierUpgrade
        ErrorExceededMaxRecipientLimitBlock ErrorExceededMaxRecipientLimitShowTierUpgrade
        ErrorMessageSubmissionBlocked ErrorSubmissionQuotaExceeded ErrorQuotaExceeded
        ErrorMessagePerFolderCountReceiveQuotaExceeded""",
    Reaction.SIGN_IN: """
        InvalidAuthenticationToken ErrorAccessDenied ErrorCreateItemAccessDenied
        Authorization_RequestDenied ExtensionError MailboxNotEnabledForRESTAPI ResourceNotFound
        ErrorInvalidUser ErrorMissingExchangePrincipal ErrorAccountSuspend
        ErrorAccountSuspendShowTierUpgrade ErrorOrganizationAccessBlocked ErrorInvalidLicense
        ErrorPasswordExpired ErrorPasswordChangeRequired ErrorCallerIsInvalidADAccount
        ErrorNonExistentMailbox ErrorNonPrimarySmtpAddress EwsBlocked KeyMissing ForgedSignIn
        SignInTooLate SignInRefused ErrorNotDelegate ErrorImpersonationDenied
        ErrorImpersonateUserDenied ErrorMailboxConfiguration ErrorCannotFindUser
        5.1.8 5.7.705 5.7.708
        ErrorMissingEmailAddress ErrorInvalidUserPrincipalName ErrorInvalidUserSid
        ErrorAccountDisabled
        invalid_grant interaction_required login_required consent_required access_denied
        invalid_scope unauthorized_client invalid_client
        AADSTS50011 AADSTS50020 AADSTS50034 AADSTS51004 AADSTS16000 AADSTS50055 AADSTS50057
        AADSTS50058 AADSTS50072 AADSTS50074 AADSTS50076 AADSTS50079 AADSTS50078 AADSTS50105
        AADSTS50126 AADSTS50132 AADSTS50133 AADSTS50173 AADSTS50194 AADSTS500011 AADSTS53000
        AADSTS53001 AADSTS53003 AADSTS530035 AADSTS530032 AADSTS54005 AADSTS501481 AADSTS65001
        AADSTS65004 AADSTS650052 AADSTS650057 AADSTS70000 AADSTS9002313 AADSTS70008 AADSTS700082
        AADSTS70043 AADSTS700084 AADSTS70011 AADSTS28002 AADSTS28003 AADSTS700022 AADSTS700005
        AADSTS700016 AADSTS700011 AADSTS90002 AADSTS7000112 AADSTS70001 AADSTS700025
        AADSTS7000215 AADSTS7000222 AADSTS7000218 AADSTS700027 AADSTS50012 AADSTS90094
        AADSTS90095 AADSTS90038 AADSTS900432""",
}


EXPECTED = [(code, reaction) for reaction, codes in REACTIONS.items() for code in codes.split()]


def test_the_table_of_reactions_has_each_code_once():
    assert sorted(code for code, _ in EXPECTED) == sorted(EXPLANATIONS)


@pytest.mark.parametrize(("code", "reaction"), EXPECTED)
def test_each_code_has_its_reaction(code, reaction):
    assert EXPLANATIONS[code].reaction is reaction


@pytest.mark.parametrize("code", sorted(EXPLANATIONS))
@pytest.mark.parametrize("submitted", [False, True])
def test_each_row_raises_what_its_reaction_means(code, submitted):
    answer = Answer(status=400, code=code, message="Microsoft's words")
    error = error_for(answer, submitted=submitted)
    assert type(error) is RAISED[EXPLANATIONS[code].reaction][submitted]
    assert error.answer is answer


@pytest.mark.parametrize("explanation", TEXTS, ids=lambda each: each.happened)
def test_each_text_is_in_sentences_and_says_what_to_do(explanation):
    for text in (explanation.happened, explanation.why, explanation.what_to_do):
        assert text.endswith(".")
        assert text[0].isupper() or text.startswith("Microsoft")
        assert len(text) < 420
    # "Ask somebody" alone helps nobody, nor does a report without a next step.
    assert len(explanation.what_to_do.split()) >= 5
    assert "contact support" not in explanation.what_to_do.lower()
    assert "<" not in explanation.happened + explanation.why


def test_no_code_has_two_rows():
    codes = [code for row, _ in ROWS for code in row.split()]
    assert len(codes) == len(set(codes)) == len(EXPLANATIONS)


@pytest.mark.parametrize(
    ("answer", "before", "after"),
    [
        (Answer(status=400, code="ErrorSomethingNew"), PermanentError, PermanentError),
        (Answer(status=404, code="ErrorSomethingNew"), PermanentError, PermanentError),
        (Answer(status=401), AuthError, AuthError),
        (Answer(status=403), AuthError, AuthError),
        (Answer(status=407), TransientError, TransientError),
        (Answer(status=408), TransientError, UnknownOutcomeError),
        (Answer(status=413), PermanentError, PermanentError),
        (Answer(status=429, code="New"), ThrottledError, ThrottledError),
        (Answer(status=500), TransientError, UnknownOutcomeError),
        (Answer(status=503, code="New"), TransientError, UnknownOutcomeError),
        (Answer(status=507), ThrottledError, ThrottledError),
        (Answer(), TransientError, UnknownOutcomeError),
        (Answer(status=400, code="AADSTS1234567"), AuthError, AuthError),
        (Answer(status=400, code="some_oauth_error"), AuthError, AuthError),
        # Exchange itself says in a SOAP fault that it is busy; a gateway may have passed it on.
        (Answer(status=500, code="ErrorServerBusy"), ThrottledError, ThrottledError),
        (Answer(status=503, code="ErrorServerBusy"), ThrottledError, UnknownOutcomeError),
        (Answer(status=429, code="ErrorServerBusy"), ThrottledError, ThrottledError),
    ],
)
def test_what_has_no_row_is_judged_by_its_status(answer, before, after):
    assert type(error_for(answer, submitted=False)) is before
    assert type(error_for(answer, submitted=True)) is after
    assert explain(answer).happened


def test_a_throttled_error_carries_the_time_that_microsoft_named():
    error = error_for(Answer(status=429), submitted=True, retry_after=timedelta(seconds=7))
    assert error.retry_after == timedelta(seconds=7)


def test_send_as_denied_gives_both_commands_with_the_real_addresses():
    text = explain(
        Answer(status=403, code="ErrorSendAsDenied"),
        from_="Help Desk <helpdesk@contoso.com>",
        account="sd@contoso.com",
    ).what_to_do
    assert (
        "\nAdd-RecipientPermission helpdesk@contoso.com -Trustee sd@contoso.com "
        "-AccessRights SendAs\n"
    ) in text
    assert (
        "\nSet-Mailbox -Identity helpdesk@contoso.com -GrantSendOnBehalfTo "
        '@{Add="sd@contoso.com"}\n'
    ) in text


def test_an_address_cannot_run_anything_in_a_ready_command():
    text = explain(Answer(code="ErrorSendAsDenied"), from_="o'x&$y@b.c", account="$z@b.c")
    assert "-Identity 'o''x&$y@b.c' " in text.what_to_do
    assert "@{Add='$z@b.c'}" in text.what_to_do


def test_without_addresses_the_placeholders_stay():
    assert explain(Answer(code="ErrorSendAsDenied")) == EXPLANATIONS["ErrorSendAsDenied"]
    assert explain(Answer(code="TimedOut"), from_="a@b.c") == EXPLANATIONS["TimedOut"]


def test_a_tenant_that_blocks_ews_is_shown_the_way_to_graph():
    blocked = explain(Answer(status=403, code="EwsBlocked"))
    assert "Choose MS Graph" in blocked.what_to_do
    assert "1 April 2027" in blocked.why
    assert blocked.trouble is AccountTrouble.BLOCKED


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("AADSTS7000222", AccountTrouble.CREDENTIAL_EXPIRED),
        ("AADSTS700027", AccountTrouble.CREDENTIAL_EXPIRED),
        ("AADSTS53003", AccountTrouble.BLOCKED),
        ("AADSTS70043", AccountTrouble.BLOCKED),
        ("AADSTS700082", AccountTrouble.SIGN_IN_REQUIRED),
        ("AADSTS65001", AccountTrouble.SIGN_IN_REQUIRED),
    ],
)
def test_what_is_wrong_with_the_account_is_told_apart(code, trouble):
    assert EXPLANATIONS[code].trouble is trouble


@pytest.mark.parametrize(
    ("error", "description", "code"),
    [
        ("invalid_grant", "AADSTS700082: The refresh token has expired.", "AADSTS700082"),
        ("invalid_grant", "AADSTS1234567: new", "AADSTS1234567"),
        ("invalid_grant", "", "invalid_grant"),
        ("temporarily_unavailable", "AADSTS1234567: new", "temporarily_unavailable"),
        ("temporarily_unavailable", "AADSTS90033: busy", "AADSTS90033"),
    ],
)
def test_a_sign_in_error_is_known_by_its_number_or_by_oauth_s_word(error, description, code):
    assert sign_in_code(error, description) == code


def test_an_explanation_is_translated_before_the_addresses_are_filled_in():
    asked = []

    def translate(text):
        asked.append(text)
        return text.upper().replace("<FROM>", "<from>").replace("<ACCOUNT>", "<account>")

    shown = explain(
        Answer(code="ErrorSendAsDenied"), from_="it@b.c", account="sd@b.c", translate=translate
    )
    known = EXPLANATIONS["ErrorSendAsDenied"]
    assert sorted(asked) == sorted([known.happened, known.why, known.what_to_do])
    assert shown.happened == known.happened.upper()
    assert "ADD-RECIPIENTPERMISSION it@b.c -TRUSTEE sd@b.c" in shown.what_to_do


@pytest.mark.parametrize(
    ("code", "message", "kind", "words"),
    [
        ("ErrorQuotaExceeded", "Cannot get ID from name.", PermanentError, "X- header"),
        ("ErrorQuotaExceeded", "The mailbox has exceeded its size.", ThrottledError, "full"),
        ("ErrorAccessDenied", "Access to OData is disabled: [RAOP].", AuthError, "organization"),
        ("ErrorAccessDenied", "Access is denied.", AuthError, "sign-in"),
        ("BadRequest", "The maximum request length supported is 4MB.", PermanentError, "too large"),
        (
            "BadRequest",
            "Unable to read JSON request payload.",
            PermanentError,
            "didn't understand",
        ),
    ],
)
def test_a_code_with_two_meanings_is_told_by_microsofts_words(code, message, kind, words):
    answer = Answer(status=403, code=code, message=message)

    assert type(error_for(answer, submitted=True)) is kind
    assert words in explain(answer).happened + explain(answer).why
