import django.db.models.deletion
from django.contrib.auth.management import create_permissions
from django.db import migrations, models


def give_them_to_administrators(apps, schema_editor):
    """To send a message elsewhere, or with other words, is for the groups that decide what the log
    keeps."""
    alias = schema_editor.connection.alias
    config = apps.get_app_config("notifications")
    # Django looks at it only to see whether the app has models at all.
    module, config.models_module = getattr(config, "models_module", None), True
    create_permissions(config, verbosity=0, using=alias, apps=apps)
    config.models_module = module
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    ours = {"content_type__app_label": "notifications"}
    new = list(
        permissions.filter(
            **ours, codename__in=["redirect_notification", "edit_notification"]
        )
    )
    groups = apps.get_model("auth", "Group").objects.using(alias)
    for group in groups.filter(
        permissions__in=permissions.filter(**ours, codename="delete_attempt")
    ):
        group.permissions.add(*new)


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0022_why_mail_waits'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='notification',
            options={'ordering': ['-pk'], 'permissions': [('view_sensitive', 'Can see the bodies of sensitive notifications'), ('redirect_notification', 'Can resend messages to another address'), ('edit_notification', 'Can edit messages and send them again')], 'verbose_name': 'notification', 'verbose_name_plural': 'Notification Queue'},
        ),
        migrations.CreateModel(
            name='Origin',
            fields=[
                ('notification', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='origin', serialize=False, to='notifications.notification')),
                ('template_name', models.CharField(blank=True, max_length=100)),
                ('original_number', models.BigIntegerField(null=True)),
                ('how', models.CharField(blank=True, choices=[('resent', 'Resent'), ('redirected', 'Resent to another address'), ('edited', 'Edited')], max_length=20)),
                ('changed', models.JSONField(default=list)),
                ('original', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='copies', to='notifications.notification')),
                ('template', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='origins', to='notifications.emailtemplate')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='attempt',
            name='initiator',
            field=models.CharField(blank=True, default='', max_length=150),
            preserve_default=False,
        ),
        migrations.RunPython(give_them_to_administrators, migrations.RunPython.noop),
    ]
