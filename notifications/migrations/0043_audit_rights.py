from django.contrib.auth.management import create_permissions
from django.db import migrations


def give(apps, schema_editor):
    """Whoever sees the users sees what they did."""
    alias = schema_editor.connection.alias
    config = apps.get_app_config("notifications")
    # Django looks at it only to see whether the app has models at all.
    module, config.models_module = getattr(config, "models_module", None), True
    create_permissions(config, verbosity=0, using=alias, apps=apps)
    config.models_module = module
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    new = permissions.filter(
        content_type__app_label="notifications", codename="view_auditevent"
    ).get()
    sees = permissions.filter(content_type__app_label="auth", codename="view_user")
    for group in apps.get_model("auth", "Group").objects.using(alias).filter(permissions__in=sees):
        group.permissions.add(new)


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0042_audit_trail'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.RunPython(give, migrations.RunPython.noop, elidable=False),
    ]
