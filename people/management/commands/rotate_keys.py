"""`manage.py rotate_keys` for the secrets of second factors too, which allauth's table has."""

from typing import Any

from allauth.mfa.models import Authenticator

from notifications import vault
from notifications.management.commands import rotate_keys
from people.adapters.second_factor import PURPOSE

_SECRETS = ("secret", "seed")


class Command(rotate_keys.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        resealed = sum(_reseal(each) for each in Authenticator.objects.all())
        if resealed:
            self.stdout.write(f"{resealed} secrets of second factors too:")
        super().handle(*args, **options)


def _reseal(authenticator: Authenticator) -> int:
    """Seal the secrets of one anew; one that no key opens stays as it is."""
    fresh = dict(authenticator.data)
    for name in _SECRETS:
        try:
            opened = vault.unseal(fresh.get(name, ""), PURPOSE)
        except vault.UnreadableSecret:
            continue
        if opened:
            fresh[name] = vault.seal(opened, PURPOSE)
    same = Authenticator.objects.filter(pk=authenticator.pk, data=authenticator.data)
    return same.update(data=fresh) if fresh != authenticator.data else 0
