from django.db import migrations

# Both columns have the names that they had in the settings: secrets are sealed for these names, so
# they are moved as they are, readable or not.
_MOVED = ("alarm_url", "alarm_secret")
_NAME = "Webhook"


def to_channel(apps, schema_editor):
    """The address becomes the first channel, which goes on with what was told and what waits."""
    settings = _rows(apps, schema_editor, "EmailSettings").exclude(alarm_url="")
    saved = settings.values(*_MOVED).first()
    if saved is None:
        return
    channels = _rows(apps, schema_editor, "AlarmChannel")
    channel = channels.create(name=_NAME, kind="webhook", **saved)
    calls = _rows(apps, schema_editor, "Callback").filter(alarm__isnull=False)
    for pk, stage in calls.values_list("pk", "alarm__stage"):
        calls.filter(pk=pk).update(channel=channel, stage=stage)


def to_settings(apps, schema_editor):
    """An earlier version has room for one webhook."""
    channels = _rows(apps, schema_editor, "AlarmChannel").filter(kind="webhook", enabled=True)
    channel = channels.order_by("pk").values(*_MOVED).first()
    if channel:
        _rows(apps, schema_editor, "EmailSettings").filter(pk=1).update(**channel)


def _rows(apps, schema_editor, name):
    return apps.get_model("notifications", name).objects.using(schema_editor.connection.alias)


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0031_alarm_channels'),
    ]

    operations = [
        migrations.RunPython(to_channel, to_settings),
        migrations.RemoveField(
            model_name='emailsettings',
            name='alarm_secret',
        ),
        migrations.RemoveField(
            model_name='emailsettings',
            name='alarm_secret_set_at',
        ),
        migrations.RemoveField(
            model_name='emailsettings',
            name='alarm_url',
        ),
        migrations.RemoveField(
            model_name='historicalemailsettings',
            name='alarm_secret_set_at',
        ),
        migrations.RemoveField(
            model_name='historicalemailsettings',
            name='alarm_url',
        ),
    ]
