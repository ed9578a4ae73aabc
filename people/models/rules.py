"""What is asked of people who log in."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.models.rows import SingletonQuerySet


class LoginRulesQuerySet(SingletonQuerySet["LoginRules"]):
    """The one row of what people decide."""


class LoginRules(models.Model):
    """The one row."""

    second_factor_required = models.BooleanField(
        _("Administrators need a second factor"),
        default=False,
        help_text=_(
            "Whoever logs in with a password and may change users must set up an authenticator "
            "app first. Microsoft asks people who sign in with Microsoft."
        ),
    )

    objects = LoginRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("log-in rules")
        verbose_name_plural = _("log-in rules")
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_login_rules_row")]

    def __str__(self) -> str:
        return f"second factor {'required' if self.second_factor_required else 'optional'}"
