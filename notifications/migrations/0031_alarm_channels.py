import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0028_layouts_and_languages'),
    ]

    operations = [
        migrations.CreateModel(
            name='AlarmChannel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='Name')),
                ('kind', models.CharField(choices=[('webhook', 'Webhook'), ('teams', 'Microsoft Teams'), ('smtp', 'E-mail (SMTP)')], editable=False, max_length=20, verbose_name='Type')),
                ('enabled', models.BooleanField(default=True, verbose_name='Enabled')),
                ('left_out', models.JSONField(blank=True, default=list)),
                ('language', models.CharField(default='en', max_length=10, verbose_name='Language')),
                ('alarm_url', models.TextField(blank=True, verbose_name='Address')),
                ('alarm_secret', models.TextField(blank=True, verbose_name='Signing secret')),
                ('teams_content', models.CharField(choices=[('message', 'Message that contains the card'), ('card', 'The card alone')], default='message', max_length=20, verbose_name='Content')),
                ('smtp_host', models.CharField(blank=True, max_length=253, verbose_name='SMTP server')),
                ('smtp_port', models.PositiveIntegerField(default=587, verbose_name='Port')),
                ('smtp_security', models.CharField(choices=[('starttls', 'STARTTLS'), ('tls', 'TLS'), ('none', 'Not encrypted')], default='starttls', max_length=10, verbose_name='Encryption')),
                ('smtp_user', models.CharField(blank=True, max_length=254, verbose_name='User name')),
                ('smtp_password', models.TextField(blank=True, verbose_name='Password')),
                ('mail_from', models.CharField(blank=True, max_length=400, verbose_name='From')),
                ('mail_to', models.TextField(blank=True, max_length=2000, verbose_name='To')),
                ('last_at', models.DateTimeField(editable=False, null=True, verbose_name='Last delivery')),
                ('last_what', models.CharField(blank=True, editable=False, max_length=60)),
                ('last_status', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('last_error', models.TextField(blank=True, editable=False)),
                ('failing_since', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'alarm channel',
                'verbose_name_plural': 'Alarms',
                'ordering': ['name'],
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='callback',
            name='stage',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='alarm',
            name='code',
            field=models.CharField(choices=[('sign_in_required', 'Sign-in required'), ('credential_expired', 'Application credential expired'), ('credential_refused', 'Application credential refused'), ('blocked', 'Blocked by Microsoft'), ('no_service', 'E-mail is switched off'), ('not_signed_in', 'Not signed in'), ('other_cloud', 'The account was signed in at another cloud'), ('cloud_not_named', 'MAILCONNECTOR_CLOUD is not set'), ('credential_ends', 'The application credential ends soon'), ('throttled', 'Microsoft has slowed the mailbox down for over 15 minutes'), ('mailbox_full', 'The mailbox is full'), ('sender_blocked', 'Exchange has blocked the mailbox from sending'), ('unreachable', 'Microsoft has not been reached for over 15 minutes'), ('paused', 'The queue has been paused for over a day'), ('queue_old', 'Notifications wait for over 15 minutes although nothing holds them'), ('no_progress', 'Notifications are due, but no worker goes on with them'), ('no_worker', 'No worker is alive'), ('channel_fails', 'An alarm channel does not deliver'), ('foreign_database', 'The database belongs to another installation'), ('copy', 'This installation is a copy and never sends')], max_length=40),
        ),
        migrations.AddField(
            model_name='callback',
            name='channel',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notifications.alarmchannel', verbose_name='Alarm channel'),
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('heartbeat_url', models.TextField(blank=True, verbose_name='Heartbeat address')),
                ('called_at', models.DateTimeField(null=True)),
                ('status', models.PositiveSmallIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='heartbeat_one_row')],
            },
        ),
    ]
