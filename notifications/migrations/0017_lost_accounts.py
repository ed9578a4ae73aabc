"""Lost accounts are tried again by themselves, those that are lost at the moment as well. An accepted
message has no error left."""

from django.db import migrations, models
from django.utils import timezone

ALARMS = [
    ("sign_in_required", "Sign-in required"),
    ("credential_expired", "Application credential expired"),
    ("blocked", "Blocked by Microsoft"),
    ("credential_ends", "The application credential ends soon"),
    ("throttled", "Microsoft has slowed the mailbox down for over 15 minutes"),
    ("mailbox_full", "The mailbox is full"),
    ("paused", "The queue has been paused for over a day"),
    ("queue_old", "Notifications wait for over 15 minutes although nothing holds them"),
    ("no_progress", "Notifications are due, but no worker goes on with them"),
    ("no_worker", "No worker is alive"),
    ("foreign_database", "The database belongs to another installation"),
    ("copy", "This installation is a copy and never sends"),
]


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
        migrations.AlterField(
            model_name="alarm",
            name="code",
            field=models.CharField(choices=ALARMS, max_length=40),
        ),
        migrations.RunPython(try_again, migrations.RunPython.noop),
        migrations.RunPython(forget_errors, migrations.RunPython.noop),
    ]
