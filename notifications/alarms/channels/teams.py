"""Microsoft Teams: an Adaptive Card to the address of a workflow ("When a Teams webhook request is
received"), which needs no signature: its address is the secret.

Microsoft, "Create incoming webhooks with Workflows for Microsoft Teams", has the form of the
message. A workflow that somebody has changed may expect the card alone.
"""

import json
from datetime import datetime
from typing import Any

from notifications.models import AlarmChannel
from notifications.models.alarms.channel import TeamsContent
from notifications.webhooks.call import CallResult, post

from .wording import Wording, worded

# Teams on phones shows cards up to this version.
_VERSION = "1.2"


def send(channel: AlarmChannel, body: str, _now: datetime) -> CallResult:
    content = card(worded(body, language=channel.language))
    if channel.teams_content == TeamsContent.MESSAGE:
        content = _message(content)
    return post(channel.alarm_url, json.dumps(content).encode())


def card(said: Wording) -> dict[str, Any]:
    title = _text(said.title) | {
        "size": "medium",
        "weight": "bolder",
        "color": "attention" if said.is_bad else "good",
    }
    facts = [{"title": name, "value": _plain(value)} for name, value in said.facts]
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": _VERSION,
        "body": [title, *map(_text, said.lines), {"type": "FactSet", "facts": facts}],
    }


def _message(content: dict[str, Any]) -> dict[str, Any]:
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": content,
    }
    return {"type": "message", "attachments": [attachment]}


def _text(text: str) -> dict[str, Any]:
    return {"type": "TextBlock", "text": _plain(text), "wrap": True}


def _plain(text: str) -> str:
    """Escape what a card would read as Markdown: an error's words may have a link in them."""
    for sign in "\\[]*_`":
        text = text.replace(sign, f"\\{sign}")
    return text
