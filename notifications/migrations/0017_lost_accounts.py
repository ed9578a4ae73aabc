"""Lost accounts are tried again by themselves, those that are lost at the moment as well. An accepted
message has no error left."""

from django.db import migrations, models
from django.utils import timezone


def try_again(apps, _schema_editor):
    accounts = apps.get_model("notifications", "MicrosoftAccount").objects
    accounts.exclude(state="connected").update(try_again_at=timezone.now())


def forget_errors(apps, _schema_editor):
    rows = apps.get_model("notifications", "Notification").objects
    rows.filter(status="accepted").exclude(error="").update(error="")


class Migration(migrations.Migration):
    dependencies = [("notifications", "0016_take_application_keys_apart")]

    operations = [
        migrations.AddField(
            model_name="microsoftaccount",
            name="refused_tokens",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="microsoftaccount",
            name="tried_again",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="microsoftaccount",
            name="try_again_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(try_again, migrations.RunPython.noop),
        migrations.RunPython(forget_errors, migrations.RunPython.noop),
    ]
