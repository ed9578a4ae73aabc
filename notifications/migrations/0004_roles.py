from django.contrib.auth.management import create_permissions
from django.db import migrations

# What each role may do, by model.
OPERATOR = {
    "notification": ("add", "change", "view", "view_sensitive"),
    "attempt": ("view",),
    "connectionevent": ("view",),
    "emailtemplate": ("view", "run"),
}
AUDITOR = {
    "notification": ("view",),
    "attempt": ("view",),
    "connectionevent": ("view",),
    "emailtemplate": ("view",),
    "emailsettings": ("view",),
    "apikey": ("view",),
    "user": ("view",),
    "group": ("view",),
}
ROLES = {"Administrator": None, "Operator": OPERATOR, "Auditor": AUDITOR}


def make_roles(apps, schema_editor):
    """A group of the same name that is there already keeps its rights: nobody gets more by this."""
    alias = schema_editor.connection.alias
    for label in ("auth", "notifications"):
        # Django makes the permissions after all migrations. It looks at models_module only
        # to see whether the app has models at all.
        config = apps.get_app_config(label)
        module, config.models_module = getattr(config, "models_module", None), True
        create_permissions(config, verbosity=0, using=alias, apps=apps)
        config.models_module = module
    group_model = apps.get_model("auth", "Group")
    for name, models in ROLES.items():
        group, is_new = group_model.objects.using(alias).get_or_create(name=name)
        if is_new:
            group.permissions.set(_permissions(apps, models, alias))


def _permissions(apps, models, alias):
    rows = apps.get_model("auth", "Permission").objects.using(alias)
    if models is None:
        return [
            *rows.filter(content_type__app_label="notifications"),
            *rows.filter(content_type__app_label="auth", content_type__model__in=["user", "group"]),
        ]
    codenames = {
        action if "_" in action else f"{action}_{model}"
        for model, actions in models.items()
        for action in actions
    }
    return list(rows.filter(content_type__app_label__in=["auth", "notifications"], codename__in=codenames))


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0003_beat_heard'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='notification',
            options={
                'ordering': ['-pk'],
                'permissions': [('view_sensitive', 'Can see the bodies of sensitive notifications')],
                'verbose_name': 'notification',
                'verbose_name_plural': 'Notification Queue',
            },
        ),
        migrations.RunPython(make_roles, migrations.RunPython.noop, elidable=False),
    ]
