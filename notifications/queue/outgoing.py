"""A queue row as the message that a backend sends, under given settings."""

from notifications.message.addresses import Address, bare_address, parse_address
from notifications.message.charsets import UTF_8
from notifications.message.message import Importance, MailMessage
from notifications.models import Attachment, EmailSettings, Notification
from notifications.models.settings import SettingsValues


def message_of(notification: Notification, values: SettingsValues, *, account: str) -> MailMessage:
    """`account` is the address of the signed-in mailbox; the notification was read by
    for_sending(). Reads attachments' rows, not files."""
    attachments: list[Attachment] = notification.files  # type: ignore[attr-defined]
    sender = parse_address(account)
    return MailMessage(
        message_id=notification.message_id,
        sender=sender,
        from_=from_address(values, wanted=notification.from_address, account=sender),
        to=tuple(map(parse_address, notification.to)),
        cc=tuple(map(parse_address, notification.cc)),
        bcc=tuple(map(parse_address, notification.bcc)),
        reply_to=tuple(map(parse_address, notification.reply_to)),
        subject=notification.subject,
        text=notification.text,
        html=notification.html,
        headers=tuple((name, value) for name, value in notification.headers),
        files=tuple(attachment.as_file() for attachment in attachments),
        importance=Importance(notification.importance),
        charset=UTF_8.name if notification.is_carried else values.charset,
        plain_text_only=values.plain_text_only and not notification.is_carried,
        raw=notification.raw_content,
    )


def default_sender(saved: EmailSettings) -> str:
    """Return the address that mail leaves from unless a message asks for another, "" if there is
    none yet."""
    if saved.delegation and saved.from_address:
        return bare_address(saved.from_address)
    return saved.account.address if saved.account else ""


def from_address(values: SettingsValues, *, wanted: str, account: Address) -> Address:
    """The address that a message leaves from under given settings; `wanted` may be empty."""
    return sender_address(
        delegation=values.delegation,
        wanted=_optional(wanted),
        default=_optional(values.from_address),
        account=account,
    )


def _optional(text: str) -> Address | None:
    return parse_address(text) if text else None


def sender_address(
    *, delegation: bool, wanted: Address | None, default: Address | None, account: Address
) -> Address:
    """The From rule. Without delegation all mail leaves from the account, whatever is wanted."""
    if not delegation:
        return account
    return wanted or default or account
