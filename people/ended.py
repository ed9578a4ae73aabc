"""A session ends with what it was begun with: the rows of those that can do nothing any more go."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models.signals import post_save
from django.dispatch import receiver

from .models import Session


@receiver(post_save, sender=User)
def end_with_the_password(instance: Any, created: bool, **_options: Any) -> None:
    """End the sessions of somebody who gets another password, by a page or a command. The one in
    which they change it themselves has a new row at once: Django gives it another key."""
    if instance._password is not None and not created:
        Session.objects.filter(user=instance).delete()


def end_of_deactivated(pk: int) -> None:
    """End those of a user who is deactivated: they would come to life with them."""
    Session.objects.filter(user=pk, user__is_active=False).delete()
