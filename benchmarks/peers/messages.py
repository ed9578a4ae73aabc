"""The message that every queue sends: a ticket's answer of 2 kB, as text and as HTML."""

from dataclasses import dataclass

FROM = "servicedesk@contoso.example"
TO = "ann@example.org"
_LINE = "We have looked into it; the printer on the third floor prints again. "


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str
    text: str
    html: str


def mails(count: int) -> list[Mail]:
    text = _LINE * 10
    return [
        Mail(f"Ticket {n}: printer", f"Ticket {n}\n\n{text}", f"<h1>Ticket {n}</h1><p>{text}</p>")
        for n in range(count)
    ]
