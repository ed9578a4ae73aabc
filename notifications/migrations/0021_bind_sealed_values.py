import json

from django.db import migrations

from notifications import vault

_BATCH = 500
_COLUMNS = {
    "ApiKey": ["callback_url", "callback_secret"],
    "EmailSettings": ["client_secret", "certificate", "alarm_url", "alarm_secret"],
    "HistoricalEmailSettings": ["alarm_url"],
    "MicrosoftAccount": ["cache"],
    "SignInDraft": ["form", "flow"],
}
_IN_FORM = ["client_secret", "certificate", "alarm_secret"]


def bind(apps, schema_editor):
    _change(apps, lambda column: (vault.UNBOUND, column))


def unbind(apps, schema_editor):
    _change(apps, lambda column: (column, vault.UNBOUND))


def _change(apps, purposes):
    """A history may be long, so rows come in portions. Nobody renews the tokens of a row while it
    is sealed anew."""
    for model, column in ((model, column) for model in _COLUMNS for column in _COLUMNS[model]):
        rows = apps.get_model("notifications", model).objects.exclude(**{column: ""}).order_by("pk")
        last = 0
        locked = rows.select_for_update().values_list("pk", column)
        while portion := list(locked.filter(pk__gt=last)[:_BATCH]):
            for pk, stored in portion:
                try:
                    changed = _resealed(stored, column, purposes)
                except vault.UnreadableSecret:
                    # It waits for its key, and `manage.py rotate_keys` binds it.
                    continue
                rows.filter(pk=pk).update(**{column: changed})
            last = portion[-1][0]


def _resealed(stored, column, purposes):
    """An address has its host in clear before it. The form of a sign-in has other columns'
    secrets within."""
    host, space, sealed = stored.rpartition(" ")
    before, after = purposes(column)
    secret = vault.unseal(sealed, before)
    if column == "form":
        form = json.loads(secret)
        for name in filter(form.get, _IN_FORM):
            form[name] = _resealed(form[name], name, purposes)
        secret = json.dumps(form)
    return f"{host}{space}{vault.seal(secret, after)}"


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0020_attempts_before_submission'),
    ]

    operations = [
        migrations.RunPython(bind, unbind),
    ]
