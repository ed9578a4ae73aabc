from datetime import timedelta
from importlib import import_module

from django.db import migrations, models
from django.utils import timezone

search_text = import_module("notifications.migrations.0008_log_search").search_text


def count_recipients(apps, schema_editor):
    """Of what left in the last day, which counts for the limit: what was written before
    entries had their count has a 1. Each address has its sign."""
    attempts = apps.get_model("notifications", "Attempt").objects
    recent = attempts.filter(at__gt=timezone.now() - timedelta(days=1), recipient_count=1)
    for pk, recipients in recent.values_list("pk", "recipients").iterator():
        if recipients.count("@") > 1:
            attempts.filter(pk=pk).update(recipient_count=recipients.count("@"))


def tell_full_days_apart(apps, schema_editor):
    """They were rests that Microsoft had asked for, which stop everything."""
    code = "RecipientsADay"
    apps.get_model("notifications", "MicrosoftAccount").objects.filter(rest_code=code).update(
        day_full_until=models.F("rests_until"), rests_until=None, rest_code=""
    )
    apps.get_model("notifications", "ConnectionEvent").objects.filter(
        kind="throttled", code=code
    ).update(kind="day_full")


def blank_sensitive_subjects(apps, schema_editor):
    """They leave the log, in which the search would find them."""
    attempts = apps.get_model("notifications", "Attempt").objects
    rows = attempts.filter(notification__sensitive=True).exclude(subject="(sensitive)")
    for row in rows.iterator():
        row.subject = "(sensitive)"
        attempts.filter(pk=row.pk).update(subject=row.subject, search=search_text(row))


def delete_unused_permission(apps, schema_editor):
    """Who may see the days to keep is who may change them."""
    apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="notifications", codename="view_retention"
    ).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0011_field_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='microsoftaccount',
            name='day_full_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='notification',
            name='scheduled_for',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterModelOptions(
            name='retention',
            options={'default_permissions': ('change',), 'verbose_name': 'days to keep'},
        ),
        migrations.RunPython(delete_unused_permission, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='connectionevent',
            name='kind',
            field=models.CharField(choices=[('sign_in_lost', 'Sign-in lost'), ('sign_in_restored', 'Sign-in restored'), ('throttled', 'Throttled'), ('rested', 'Waited'), ('day_full', 'Recipients a day reached'), ('paused', 'Paused'), ('resumed', 'Resumed'), ('settings_saved', 'Settings saved'), ('log_cleared', 'Log cleared')], max_length=20),
        ),
        migrations.RunPython(tell_full_days_apart, migrations.RunPython.noop),
        migrations.RunPython(count_recipients, migrations.RunPython.noop),
        migrations.RunPython(blank_sensitive_subjects, migrations.RunPython.noop),
    ]
