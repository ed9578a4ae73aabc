import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0033_key_limits'),
    ]

    operations = [
        migrations.CreateModel(
            name='SmtpClient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='The log names the client by it: “SMTP: Scanner 2nd floor”.', max_length=100, unique=True, validators=[django.core.validators.RegexValidator('^[^\\x00-\\x1f\\x7f]+$', 'No control characters, please.')], verbose_name='Name')),
                ('authentication', models.CharField(choices=[('password', 'User name and password'), ('address', 'IP address (no sign-in)')], default='password', max_length=10, verbose_name='Authentication')),
                ('user_name', models.CharField(max_length=16, unique=True, verbose_name='User name')),
                ('password_digest', models.CharField(blank=True, max_length=64)),
                ('networks', models.TextField(blank=True, help_text='Addresses or networks (CIDR) that the client connects from, separated by commas. Required without sign-in; otherwise empty = from anywhere.', verbose_name='Networks')),
                ('allowed_from', models.TextField(blank=True, help_text='Addresses or @domain, separated by commas; empty = the default From only.', verbose_name='Allowed From addresses')),
                ('wrong_from', models.CharField(choices=[('refuse', 'Refuse'), ('replace', 'Send from the default and put the named one into Reply-To')], default='refuse', max_length=10, verbose_name="If From isn't allowed")),
                ('allowed_recipients', models.CharField(choices=[('everybody', 'Everybody'), ('domains', 'These domains')], default='everybody', max_length=10, verbose_name='Allowed recipients')),
                ('domains', models.TextField(blank=True, help_text='Separated by commas; empty = our own domains.', verbose_name='Domains')),
                ('header_only', models.CharField(choices=[('remove', 'Remove'), ('refuse', 'Refuse')], default='remove', help_text='Exchange would deliver to them, although the client did not ask for it.', max_length=10, verbose_name='Recipients named only in headers')),
                ('recipients_a_day', models.PositiveIntegerField(default=500, validators=[django.core.validators.MinValueValidator(1)], verbose_name='Recipients a day')),
                ('messages_a_minute', models.PositiveIntegerField(default=60, help_text='What comes faster is accepted and is sent later.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='Messages a minute')),
                ('expires_hours', models.PositiveIntegerField(default=72, help_text='Hours. A message that could not be sent until then is not sent at all.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(8760)], verbose_name='Expires after')),
                ('dry_run', models.BooleanField(default=False, verbose_name="Dry run (accept, log, don't send)")),
                ('priority', models.PositiveSmallIntegerField(choices=[(0, 'Urgent'), (1, 'Normal'), (2, 'Bulk')], default=1, verbose_name='Priority')),
                ('sensitive', models.BooleanField(default=False, help_text='Hide subject and content of its messages from people without the permission.', verbose_name='Sensitive')),
                ('allow_plain', models.BooleanField(default=False, verbose_name='Allow sign-in without encryption')),
                ('enabled', models.BooleanField(default=True, verbose_name='Enabled')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='Created')),
                ('last_used_at', models.DateTimeField(null=True, verbose_name='Last used')),
                ('day', models.DateField(null=True)),
                ('recipients_today', models.PositiveIntegerField(default=0)),
                ('minute', models.DateTimeField(null=True)),
                ('messages', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'SMTP client',
                'verbose_name_plural': 'SMTP clients',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='SmtpListener',
            fields=[
                ('name', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(db_index=True)),
                ('addresses', models.JSONField(default=list)),
                ('connections', models.PositiveIntegerField(default=0)),
                ('certificate_ends_at', models.DateTimeField(null=True)),
                ('problem', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='SmtpReceipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('envelope', models.CharField(max_length=64)),
                ('at', models.DateTimeField(db_index=True)),
                ('answered', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='SmtpSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='Time')),
                ('peer', models.GenericIPAddressField(null=True, verbose_name='Address')),
                ('encryption', models.CharField(blank=True, max_length=20, verbose_name='Encryption')),
                ('lines', models.JSONField(default=list)),
                ('queued', models.PositiveIntegerField(default=0, verbose_name='Queued')),
            ],
            options={
                'verbose_name': 'SMTP session',
                'verbose_name_plural': 'SMTP sessions',
                'ordering': ['-pk'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='SmtpSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_on', models.BooleanField(default=False, verbose_name='Accept mail over SMTP')),
                ('largest_mb', models.PositiveSmallIntegerField(default=35, help_text='Megabytes; clients are told it as SIZE.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(150)], verbose_name='Largest message')),
                ('most_recipients', models.PositiveIntegerField(default=500, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)], verbose_name='Most recipients of a message')),
                ('most_waiting', models.PositiveIntegerField(default=50000, help_text='So many notifications wait: devices are asked to try again later.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='Refuse new mail when')),
                ('version', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'SMTP',
                'verbose_name_plural': 'SMTP',
                'default_permissions': ('view', 'change'),
            },
        ),
        migrations.AddField(
            model_name='attempt',
            name='original_message_id',
            field=models.CharField(blank=True, default='', max_length=255),
        ),
        migrations.AddField(
            model_name='notification',
            name='original_message_id',
            field=models.CharField(blank=True, default='', max_length=255),
        ),
        migrations.AddField(
            model_name='notification',
            name='raw_files',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='notification',
            name='raw_path',
            field=models.CharField(blank=True, default='', max_length=100),
        ),
        migrations.AddField(
            model_name='notification',
            name='raw_size',
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='alarm',
            name='code',
            field=models.CharField(choices=[('sign_in_required', 'Sign-in required'), ('credential_expired', 'Application credential expired'), ('credential_refused', 'Application credential refused'), ('blocked', 'Blocked by Microsoft'), ('no_service', 'E-mail is switched off'), ('not_signed_in', 'Not signed in'), ('other_cloud', 'The account was signed in at another cloud'), ('cloud_not_named', 'MAILCONNECTOR_CLOUD is not set'), ('credential_ends', 'The application credential ends soon'), ('throttled', 'Microsoft has slowed the mailbox down for over 15 minutes'), ('mailbox_full', 'The mailbox is full'), ('sender_blocked', 'Exchange has blocked the mailbox from sending'), ('unreachable', 'Microsoft has not been reached for over 15 minutes'), ('paused', 'The queue has been paused for over a day'), ('queue_old', 'Notifications wait for over 15 minutes although nothing holds them'), ('no_progress', 'Notifications are due, but no worker goes on with them'), ('no_worker', 'No worker is alive'), ('foreign_database', 'The database belongs to another installation'), ('smtp_silent', 'SMTP listener silent'), ('smtp_certificate', 'The certificate of the SMTP listener ends soon'), ('smtp_recipients', 'An SMTP client has nearly reached its recipients a day'), ('smtp_expired', 'Mail of an SMTP client has expired and was not sent'), ('copy', 'This installation is a copy and never sends')], max_length=40),
        ),
        migrations.AddField(
            model_name='smtpreceipt',
            name='client',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='notifications.smtpclient'),
        ),
        migrations.AddField(
            model_name='smtpreceipt',
            name='notification',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='notifications.notification'),
        ),
        migrations.AddField(
            model_name='smtpsession',
            name='client',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='notifications.smtpclient'),
        ),
        migrations.AddConstraint(
            model_name='smtpsettings',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='smtp_settings_one_row'),
        ),
        migrations.AddIndex(
            model_name='smtpreceipt',
            index=models.Index(fields=['client', 'digest'], name='smtp_receipt_same'),
        ),
    ]
