"""Users: how they log in, and the way to a one-time link for one of them."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.admin.people import users

admin.site.unregister(User)
# allauth has pages of its tables, which would show and change what is kept of a second factor.
_TABLES = {"account", "mfa", "socialaccount"}
admin.site.unregister([model for model in admin.site._registry if model._meta.app_label in _TABLES])


@admin.register(User)
class UserAdmin(users.UserAdmin):
    list_display = (*users.UserAdmin.list_display, "way_in")  # type: ignore[misc]
    change_form_template = "people/user.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        apps = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
        accounts = SocialAccount.objects.filter(user=OuterRef("pk"))
        found = super().get_queryset(request)
        return found.annotate(has_app=Exists(apps), has_account=Exists(accounts))

    @admin.display(description=_("Logs in with"))
    def way_in(self, user: Any) -> str:
        if user.has_account:
            return gettext("Microsoft")
        if not user.has_usable_password():
            return gettext("No password yet")
        return gettext("Password and authenticator app") if user.has_app else gettext("Password")
