import django.core.validators
from django.contrib.auth.management import create_permissions
from django.db import migrations, models
from django.utils import timezone


def count_from_now(apps, schema_editor):
    """When earlier ones were taken out is not known: their days begin now."""
    rows = apps.get_model("notifications", "Notification").objects.using(
        schema_editor.connection.alias
    )
    rows.filter(status__in=["cancelled", "expired"], taken_out_at=None).update(
        taken_out_at=timezone.now()
    )


def let_those_decide_who_may_delete(apps, schema_editor):
    """The days to keep delete log entries, so they are for the groups that may do that."""
    alias = schema_editor.connection.alias
    config = apps.get_app_config("notifications")
    # Django looks at it only to see whether the app has models at all.
    module, config.models_module = getattr(config, "models_module", None), True
    create_permissions(config, verbosity=0, using=alias, apps=apps)
    config.models_module = module
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    ours = {"content_type__app_label": "notifications"}
    new = list(permissions.filter(**ours, codename__in=["view_retention", "change_retention"]))
    groups = apps.get_model("auth", "Group").objects.using(alias)
    for group in groups.filter(
        permissions__in=permissions.filter(**ours, codename="delete_attempt")
    ):
        group.permissions.add(*new)


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0006_recipients_a_day'),
    ]

    operations = [
        migrations.CreateModel(
            name='Retention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry_days', models.PositiveSmallIntegerField(default=90, help_text='Log entries and connection events that are older are deleted.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)], verbose_name='Days to keep')),
                ('content_days', models.PositiveSmallIntegerField(default=30, help_text='Of notifications that were accepted by Microsoft, were deleted from the queue or have expired. After that they cannot be sent again; their log entries stay. What waits in the queue is never deleted.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)], verbose_name='Days to keep bodies and attachments')),
                ('changed_at', models.DateTimeField(null=True)),
                ('changed_by', models.CharField(blank=True, max_length=150)),
                ('cleared_until', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'days to keep',
                'default_permissions': ('view', 'change'),
            },
        ),
        migrations.AddField(
            model_name='notification',
            name='taken_out_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(count_from_now, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='attachment',
            name='path',
            field=models.CharField(db_index=True, max_length=100),
        ),
        migrations.AlterField(
            model_name='templatefile',
            name='path',
            field=models.CharField(db_index=True, max_length=100),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('status', 'accepted')), fields=['accepted_at'], name='notification_accepted'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('status__in', ['cancelled', 'expired'])), fields=['taken_out_at'], name='notification_taken_out'),
        ),
        migrations.AddConstraint(
            model_name='retention',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='retention_one_row'),
        ),
        migrations.RunPython(let_those_decide_who_may_delete, migrations.RunPython.noop),
    ]
