"""The roles, which migrations make. A test that commits leaves an empty database behind it."""

from collections import defaultdict

from django.contrib.auth.models import Group, Permission
from django.db.models.signals import post_migrate


def make_again_when_emptied():
    """Read the roles of the database as the migrations have made it. Django tells when it has
    emptied it, app by app."""
    rights = defaultdict(lambda: defaultdict(list))
    for group in Group.objects.prefetch_related("permissions__content_type"):
        for right in group.permissions.all():
            rights[right.content_type.app_label][group.name].append(right.codename)

    def make_again(sender, **_options):
        for name, codenames in rights[sender.label].items():
            group, _is_new = Group.objects.get_or_create(name=name)
            of_app = Permission.objects.filter(content_type__app_label=sender.label)
            group.permissions.add(*of_app.filter(codename__in=codenames))

    post_migrate.connect(make_again, weak=False)
