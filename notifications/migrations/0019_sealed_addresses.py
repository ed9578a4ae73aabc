from django.db import migrations, models

from notifications.models.sealed.address import opened, sealed
from notifications.vault import UNBOUND

_BATCH = 500
_COLUMNS = (
    ("ApiKey", "callback_url"),
    ("EmailSettings", "alarm_url"),
    ("HistoricalEmailSettings", "alarm_url"),
)


def seal(apps, schema_editor):
    _change(apps, lambda address: sealed(address, UNBOUND))


def unseal(apps, schema_editor):
    """An address that no key opens is gone with this."""
    _change(apps, lambda stored: str(opened(stored, UNBOUND)) if " " in stored else stored)


def _change(apps, changed):
    """A history may be long; rows come in portions, and each is changed for itself. A migration
    that was stopped may be run again."""
    for model, column in _COLUMNS:
        rows = apps.get_model("notifications", model).objects.exclude(**{column: ""}).order_by("pk")
        last = 0
        while portion := list(rows.filter(pk__gt=last).values_list("pk", column)[:_BATCH]):
            for pk, value in portion:
                rows.filter(pk=pk).update(**{column: changed(value)})
            last = portion[-1][0]


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0018_last_cloud_and_retries'),
    ]

    operations = [
        migrations.AlterField(
            model_name='apikey',
            name='callback_url',
            field=models.TextField(blank=True, verbose_name='Callback address'),
        ),
        migrations.AlterField(
            model_name='emailsettings',
            name='alarm_url',
            field=models.TextField(blank=True, verbose_name='Webhook address'),
        ),
        migrations.AlterField(
            model_name='historicalemailsettings',
            name='alarm_url',
            field=models.TextField(blank=True, verbose_name='Webhook address'),
        ),
        migrations.RunPython(seal, unseal),
    ]
