from django.contrib.auth.management import create_permissions
from django.db import migrations

_LOOK = ["view_smtpsettings", "view_smtpclient", "view_smtpsession"]


def let_roles_look(apps, schema_editor):
    """Whoever saves E-mail > Settings also sets SMTP up; who sees the queue sees how it is set."""
    alias = schema_editor.connection.alias
    config = apps.get_app_config("notifications")
    # Django looks at it only to see whether the app has models at all.
    module, config.models_module = getattr(config, "models_module", None), True
    create_permissions(config, verbosity=0, using=alias, apps=apps)
    config.models_module = module
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    ours = permissions.filter(content_type__app_label="notifications")
    smtp = ["smtpsettings", "smtpclient", "smtpsession"]
    everything = list(ours.filter(content_type__model__in=smtp))
    for permission, new in (
        ("view_notification", list(ours.filter(codename__in=_LOOK))),
        ("change_emailsettings", everything),
    ):
        groups = apps.get_model("auth", "Group").objects.using(alias)
        for group in groups.filter(permissions__in=ours.filter(codename=permission)):
            group.permissions.add(*new)


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0035_raw_path_index'),
    ]

    operations = [
        migrations.RunPython(let_roles_look, migrations.RunPython.noop),
    ]
