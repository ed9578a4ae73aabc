import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def take_causes_from_the_log(apps, schema_editor):
    """What waits for a person: its newest entry has the code that the row did not keep."""
    entries = apps.get_model("notifications", "Attempt").objects
    newest = entries.filter(notification=models.OuterRef("pk")).order_by("-at", "-pk")
    rows = apps.get_model("notifications", "Notification").objects.filter(
        models.Exists(newest), status__in=["failed", "unconfirmed"]
    )
    rows.update(
        error_code=models.Subquery(newest.values("code")[:1]),
        error_status=models.Subquery(newest.values("http_status")[:1]),
    )


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0021_bind_sealed_values'),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkRetry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.CharField(blank=True, max_length=150)),
                ('error_code', models.CharField(blank=True, max_length=100)),
                ('error', models.TextField(blank=True)),
                ('count', models.PositiveIntegerField(default=0)),
                ('expired', models.PositiveIntegerField(default=0)),
            ],
            options={
                'ordering': ['-pk'],
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='notification',
            name='error_code',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='notification',
            name='error_status',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='notification',
            name='bulk_retry',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='notifications.bulkretry'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('status', 'failed')), fields=['error_code'], name='notification_failed'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('bulk_retry__isnull', False)), fields=['bulk_retry', 'status'], name='notification_retried'),
        ),
        migrations.RunPython(take_causes_from_the_log, migrations.RunPython.noop),
    ]
