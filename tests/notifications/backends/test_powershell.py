"""Commands for PowerShell among sentences for people."""

import pytest

from notifications.backends.explanations.explain import EXPLANATIONS
from notifications.backends.powershell import is_command


@pytest.mark.parametrize(
    "line",
    [
        "Add-RecipientPermission ceo@x.example -Trustee desk@x.example -AccessRights SendAs",
        "Add-RecipientPermission 'o''neil@x.example' -Trustee desk@x.example -AccessRights SendAs",
        'Set-Mailbox -Identity ceo@x.example -GrantSendOnBehalfTo @{Add="desk@x.example"}',
        "Get-MessageTraceV2 -MessageId '<1@x>' -SenderAddress 'desk@x.example'",
    ],
)
def test_a_command_is_known(line):
    assert is_command(line)


@pytest.mark.parametrize(
    "line",
    [
        "Send As:",
        "Grant one of them in Exchange Online PowerShell, then wait: it can take an hour.",
        "Raise the limit with Set-Mailbox -Identity desk@x.example -RecipientLimits 1000.",
        "E-Mail an den Administrator - er weiß Rat.",
        "",
    ],
)
def test_a_sentence_is_none(line):
    assert not is_command(line)


def test_the_commands_of_a_denied_sender_can_be_copied():
    lines = EXPLANATIONS["ErrorSendAsDenied"].what_to_do.split("\n")

    assert [line.split()[0] for line in lines if is_command(line)] == [
        "Add-RecipientPermission", "Set-Mailbox",
    ]  # fmt: skip
