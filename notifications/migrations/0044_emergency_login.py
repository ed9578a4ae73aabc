from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0043_audit_rights'),
    ]

    operations = [
        migrations.AlterField(
            model_name='alarm',
            name='code',
            field=models.CharField(choices=[('sign_in_required', 'Sign-in required'), ('credential_expired', 'Application credential expired'), ('credential_refused', 'Application credential refused'), ('blocked', 'Blocked by Microsoft'), ('no_service', 'E-mail is switched off'), ('not_signed_in', 'Not signed in'), ('other_cloud', 'The account was signed in at another cloud'), ('cloud_not_named', 'MAILCONNECTOR_CLOUD is not set'), ('credential_ends', 'The application credential ends soon'), ('throttled', 'Microsoft has slowed the mailbox down for over 15 minutes'), ('mailbox_full', 'The mailbox is full'), ('sender_blocked', 'Exchange has blocked the mailbox from sending'), ('unreachable', 'Microsoft has not been reached for over 15 minutes'), ('paused', 'The queue has been paused for over a day'), ('queue_old', 'Notifications have waited more than 15 minutes for no known reason'), ('no_progress', 'Notifications are due, but no worker sends them'), ('no_worker', 'No worker is alive'), ('bounces', 'Many messages of the last hour were not delivered'), ('trace_refused', 'Microsoft has refused the message trace for over an hour'), ('account_reported', 'A report says that Microsoft blocks or limits the account'), ('suppression_flood', 'So many addresses bounced at once that none was suppressed'), ('channel_fails', 'An alarm channel does not deliver'), ('foreign_database', 'The database belongs to another installation'), ('smtp_silent', 'SMTP listener silent'), ('smtp_certificate', 'The certificate of the SMTP listener ends soon'), ('smtp_recipients', 'An SMTP client has nearly reached its recipients a day'), ('smtp_expired', 'Mail of an SMTP client has expired and was not sent'), ('emergency_login', 'An emergency account has logged in'), ('login_refused', 'Microsoft refuses the application that people log in with'), ('copy', 'This installation is a copy and never sends')], max_length=40),
        ),
    ]
