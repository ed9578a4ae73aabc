"""Whose password counts."""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.utils.translation import gettext as _


def refusal(user: Any) -> str:
    """Return why a right password of this user lets nobody in; "" where it does."""
    if not user.is_staff:
        return _("This user may not open any page here.")
    if SocialAccount.objects.filter(user=user.pk).exists():
        return _("This user signs in with Microsoft.")
    if not (settings.PASSWORD_LOGIN or user.is_superuser):
        return _("Only emergency accounts log in with a password here. Sign in with Microsoft.")
    return ""
