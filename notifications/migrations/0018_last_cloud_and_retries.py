from django.db import migrations, models


def remember_last_cloud(apps, schema_editor):
    """An account of a real cloud tells it itself. Where there is none any more, the newest message
    that left for real does."""
    notifications = apps.get_model("notifications", "Notification").objects
    left = notifications.filter(status="accepted").exclude(cloud="emulator").order_by("-pk")
    cloud = left.values_list("cloud", flat=True).first()
    if cloud:
        apps.get_model("notifications", "EmailSettings").objects.update(last_cloud=cloud)


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0017_lost_accounts'),
    ]

    operations = [
        migrations.AddField(
            model_name='emailsettings',
            name='last_cloud',
            field=models.CharField(blank=True, max_length=20, verbose_name='Last real cloud'),
        ),
        migrations.AddField(
            model_name='notification',
            name='retried_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='alarm',
            name='code',
            field=models.CharField(choices=[('sign_in_required', 'Sign-in required'), ('credential_expired', 'Application credential expired'), ('credential_refused', 'Application credential refused'), ('blocked', 'Blocked by Microsoft'), ('no_service', 'E-mail is switched off'), ('not_signed_in', 'Not signed in'), ('other_cloud', 'The account was signed in at another cloud'), ('cloud_not_named', 'MAILCONNECTOR_CLOUD is not set'), ('credential_ends', 'The application credential ends soon'), ('throttled', 'Microsoft has slowed the mailbox down for over 15 minutes'), ('mailbox_full', 'The mailbox is full'), ('sender_blocked', 'Exchange has blocked the mailbox from sending'), ('unreachable', 'Microsoft has not been reached for over 15 minutes'), ('paused', 'The queue has been paused for over a day'), ('queue_old', 'Notifications wait for over 15 minutes although nothing holds them'), ('no_progress', 'Notifications are due, but no worker goes on with them'), ('no_worker', 'No worker is alive'), ('foreign_database', 'The database belongs to another installation'), ('copy', 'This installation is a copy and never sends')], max_length=40),
        ),
        migrations.RunPython(remember_last_cloud, migrations.RunPython.noop),
    ]
