"""Write the non-delivery reports by which senders learn what transport refused."""

from exchange_emulator.mail.drafts import new_message_id
from exchange_emulator.mime import composing, headers, reading
from exchange_emulator.storage.mailboxes import Item
from exchange_emulator.world import World


def recipient_limit(world: World, sent: Item, recipients: list[str]) -> None:
    """Report that nothing is delivered over the daily recipients ("Exchange Online limits")."""
    text = (
        "Delivery has failed to these recipients or groups:\n\n"
        + "\n".join(recipients)
        + "\n\nYour message couldn't be delivered because the limit of recipients in 24 hours was "
        "exceeded.\n\nRemote server returned '550 5.1.90 Your message can't be sent because "
        "you've reached your daily limit for message recipients'"
    )
    _put(world, sent, text)


def _put(world: World, sent: Item, text: str) -> None:
    now = world.clock.now()
    postmaster = ("Microsoft Outlook", "postmaster@contoso.example")
    subject = f"Undeliverable: {sent.subject}"
    properties = {
        "subject": subject,
        "body": {"contentType": "text", "content": text},
        "from": reading.recipient(postmaster),
        "sender": reading.recipient(postmaster),
        "toRecipients": [reading.recipient(("", sent.mailbox))],
    }
    fields, body = headers.split(composing.compose(properties, []))
    fields.insert(0, headers.address_header("From", [postmaster]))
    content = world.contents.add(properties, headers.join(fields, body))
    world.mailboxes.deliver(
        [sent.mailbox], content=content, message_id=new_message_id(),
        subject=subject, now=now, due_at=now,
    )  # fmt: skip
