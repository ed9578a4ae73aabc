"""What to do about an error that several From addresses have met: its commands for each of them."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext, ngettext

from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import Explanation, explain
from notifications.counts import Counted

MOST = 5  # From addresses with commands; a person can run no more by hand


def asks_for_sender(answer: Answer) -> bool:
    """Say whether what to do names the From address."""
    return "<from>" in explain(answer).what_to_do


def explain_for(
    senders: Sequence[str], answer: Answer, *, account: str, more: int = 0
) -> Explanation:
    """Explain an answer in the reader's language. Lines that name the From address stand there for
    each of the `senders`, and the number of `more` who would need them too below."""
    found = [
        explain(answer, from_=from_, account=account, translate=gettext)
        for from_ in senders or [""]
    ]
    same_lines = zip(*(each.what_to_do.splitlines() for each in found), strict=True)
    lines = [line for same in same_lines for line in dict.fromkeys(same)]
    if more:
        text = ngettext(
            "%(n)s more From address needs the same.",
            "%(n)s more From addresses need the same.",
            more,
        )
        lines.append(text % {"n": Counted(more)})
    return replace(found[0], what_to_do="\n".join(lines))
