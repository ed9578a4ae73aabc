import re
import unicodedata
from email.utils import parseaddr

from django.db import connections, migrations, transaction

_BATCH = 1000

# What the marks of an entry were when this was written; models/search_field.py may change.
_LONGEST = 64
_SPACES = re.compile(r"[\s,;<>()\[\]\"“”\0]+")
_INITIATOR = "Initiator: "  # of a refused notification, which was never a row


def whole(text):
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _SPACES.sub("", plain)[:_LONGEST]


def marks(sender, initiator):
    """As Attempt.search_text made them when this was written."""
    found = []
    if sender:
        found.append("=from:" + whole(parseaddr(sender)[1] or sender))
    if initiator:
        found.append("=by:" + whole(initiator))
    return found


def mark_older_entries(apps, schema_editor):
    """Let the filters find the entries that are there. Each batch is a transaction of its own: a
    large log takes minutes, and what was done stays if somebody interrupts it."""
    alias = schema_editor.connection.alias
    attempts = apps.get_model("notifications", "Attempt").objects.using(alias)
    columns = ("pk", "from_address", "note", "search", "notification__initiator")
    rows = attempts.order_by("pk").values_list(*columns)
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:_BATCH]):
        changes = [change for row in batch if (change := _change(*row))]
        if changes:
            with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
                cursor.executemany(
                    "UPDATE notifications_attempt SET initiator = %s, search = search || %s"
                    " WHERE id = %s",
                    changes,
                )
        last = batch[-1][0]


def _change(pk, sender, note, search, initiator):
    if not initiator and note.startswith(_INITIATOR):
        initiator = note.removeprefix(_INITIATOR)
    present = search.split(" ")
    missing = [mark for mark in marks(sender, initiator) if mark not in present]
    if not missing:
        return None
    return (initiator or "")[:150], "".join(f" {mark}" for mark in missing), pk


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('notifications', '0024_message_copies'),
    ]

    operations = [
        migrations.RunPython(mark_older_entries, migrations.RunPython.noop),
    ]
