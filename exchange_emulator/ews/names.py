"""Carry out ResolveNames and ConvertId, by which clients also learn the server's version."""

from xml.etree.ElementTree import Element

from exchange_emulator.directory import User
from exchange_emulator.ews import elements, responses
from exchange_emulator.ews.access import Call
from exchange_emulator.ews.text import escape
from exchange_emulator.mail.errors import MailError


def resolve_names(call: Call, operation: Element) -> str:
    wanted = (elements.text(operation, "UnresolvedEntry") or "").lower().removeprefix("smtp:")
    found = [
        user
        for user in call.world.directory.users
        if user.tenant_id == call.account.tenant_id
        and (wanted in user.name.lower() or wanted in (user.address, *user.aliases))
    ]

    def resolve(users: list[User]) -> str:
        if not users:
            raise MailError("ErrorNameResolutionNoResults", "No results were found.")
        listed = "".join(_resolution(user) for user in users)
        return (
            f'<m:ResolutionSet TotalItemsInView="{len(users)}" IncludesLastItemInRange="true">'
            f"{listed}</m:ResolutionSet>"
        )

    return responses.each("ResolveNames", [found], resolve)


def _resolution(user: User) -> str:
    return (
        f"<t:Resolution><t:Mailbox><t:Name>{escape(user.name)}</t:Name>"
        f"<t:EmailAddress>{escape(user.address)}</t:EmailAddress>"
        "<t:RoutingType>SMTP</t:RoutingType><t:MailboxType>Mailbox</t:MailboxType></t:Mailbox>"
        "</t:Resolution>"
    )


def convert_id(call: Call, operation: Element) -> str:
    """Convert ids between the two EWS formats, which are one here; refuse the others."""
    wanted = operation.attrib["DestinationFormat"]
    formats = ("EwsLegacyId", "EwsId")

    def convert(element: Element) -> str:
        given = element.attrib
        if call.world.ids.key(given["Id"]) is None:
            raise MailError("ErrorInvalidIdMalformed", "Id is malformed.")
        if wanted not in formats or given["Format"] not in formats:
            raise MailError("ErrorUnsupportedTypeForConversion", "The format is not supported.")
        return (
            f'<m:AlternateId xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
            f' xsi:type="t:AlternateIdType" Format="{wanted}" Id="{escape(given["Id"])}"'
            f' Mailbox="{escape(given["Mailbox"])}"/>'
        )

    return responses.each("ConvertId", elements.children(operation, "SourceIds"), convert)
