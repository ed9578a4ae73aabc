"""One-time links: somebody who is new, or has forgotten their password, sets one of their own.

The code of a link is signed, and for one state of the user: it counts until a password is set, the
person logs in, or a day has passed. Nothing of it is stored.
"""

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from notifications.models.rows import row_number

from . import passwords
from .models import Session


class _Tokens(PasswordResetTokenGenerator):
    key_salt = "people.links"


_TOKENS = _Tokens()


def link_for(user: User) -> str:
    """Return the address to hand over. The code stands behind "#", which a browser sends to no
    server: so it is in no log of a proxy."""
    return f"{settings.PUBLIC_URL}{reverse('set_password')}#{user.pk}.{_TOKENS.make_token(user)}"


def refusal(user: User) -> str:
    """Return why somebody gets no link; "" where they get one."""
    return passwords.refusal(user) if user.is_active else _("This user is deactivated.")


def user_of(code: str) -> User | None:
    """Return whose code it is; None if it is none, was used, or is too old."""
    number, _dot, token = code.strip().partition(".")
    pk = row_number(number)
    user = User.objects.filter(pk=pk).first() if pk is not None else None
    is_good = user is not None and not refusal(user) and _TOKENS.check_token(user, token)
    return user if is_good else None


def set_password(user: User, password: str) -> bool:
    """Set it, and end the sessions that were begun with another. Return False where the user is no
    longer as they were read: their link was used meanwhile, or they were deactivated."""
    as_read = User.objects.filter(
        pk=user.pk, is_active=user.is_active, password=user.password, last_login=user.last_login
    )
    user.set_password(password)
    with transaction.atomic():
        is_set = bool(as_read.update(password=user.password))
        if is_set:
            Session.objects.filter(user=user).delete()
    return is_set
