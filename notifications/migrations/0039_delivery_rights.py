from django.contrib.auth.management import create_permissions
from django.db import migrations

# The new rights go to the groups that have a right of the same kind already.
_GIVEN_WITH = {
    "view_attempt": ["view_bounce", "view_suppression"],
    "change_notification": ["add_suppression", "delete_suppression"],
    "delete_attempt": ["erase_address"],
}


def give(apps, schema_editor):
    alias = schema_editor.connection.alias
    config = apps.get_app_config("notifications")
    # Django looks at it only to see whether the app has models at all.
    module, config.models_module = getattr(config, "models_module", None), True
    create_permissions(config, verbosity=0, using=alias, apps=apps)
    config.models_module = module
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    ours = permissions.filter(content_type__app_label="notifications")
    groups = apps.get_model("auth", "Group").objects.using(alias)
    for had, names in _GIVEN_WITH.items():
        new = list(ours.filter(codename__in=names))
        for group in groups.filter(permissions__in=ours.filter(codename=had)):
            group.permissions.add(*new)


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0038_delivery_index'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.RunPython(give, migrations.RunPython.noop, elidable=False),
    ]
