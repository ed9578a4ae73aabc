from django.db import migrations, transaction

_BATCH = 1000
# The idempotency key of an application stood in the notification, behind this.
_PREFIX = "'api:' || link.api_key_id || ':'"
_NOTE, _LINK = "notifications_notification AS note", "notifications_apinotification AS link"
_BATCH_OF = "note.id = link.notification_id AND link.notification_id BETWEEN %s AND %s"

_TAKE_APART = (
    f"UPDATE {_LINK} SET key = substr(note.key, length({_PREFIX}) + 1) FROM {_NOTE} "
    f"WHERE {_BATCH_OF} AND substr(note.key, 1, length({_PREFIX})) = {_PREFIX}",
    f"UPDATE {_NOTE} SET key = NULL FROM {_LINK} "
    f"WHERE {_BATCH_OF} AND note.key = {_PREFIX} || link.key",
)
# A key that would not fit stays where it is, and is forgotten with its column.
_PUT_TOGETHER = (
    f"UPDATE {_NOTE} SET key = {_PREFIX} || link.key FROM {_LINK} "
    f"WHERE {_BATCH_OF} AND length({_PREFIX} || link.key) <= 200",
    f"UPDATE {_LINK} SET key = NULL FROM {_NOTE} "
    f"WHERE {_BATCH_OF} AND note.key = {_PREFIX} || link.key",
)


def take_apart(apps, schema_editor):
    _in_batches(apps, schema_editor.connection, _TAKE_APART)


def put_together(apps, schema_editor):
    _in_batches(apps, schema_editor.connection, _PUT_TOGETHER)


def _in_batches(apps, connection, statements):
    """Each batch is a transaction of its own: a million keys hold nobody up, and a migration that
    was stopped goes on where it was."""
    links = apps.get_model("notifications", "ApiNotification").objects.order_by("pk")
    last = 0
    while pks := list(links.filter(pk__gt=last).values_list("pk", flat=True)[:_BATCH]):
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, [pks[0], pks[-1]])
        last = pks[-1]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('notifications', '0015_application_keys'),
    ]

    operations = [
        migrations.RunPython(take_apart, put_together),
    ]
