"""Users: how they log in, and the way to a one-time link for one of them."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.admin.audit.words import REASONS
from notifications.admin.people import user_form, users

from . import ended
from .microsoft.refusals import WORDS

admin.site.unregister(User)
# allauth has pages of its tables, which would show and change what is kept of a second factor.
_TABLES = {"account", "mfa", "socialaccount"}
admin.site.unregister([model for model in admin.site._registry if model._meta.app_label in _TABLES])


# The audit trail names what people were told.
REASONS.update({reason: happened for reason, (happened, _what_to_do) in WORDS.items()})


class NewPersonForm(user_form.NewPersonForm):
    """Without a password, the person sets one of their own by a one-time link."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in ("password1", "password2"):
            self.fields[name].required = False
        self.fields["password1"].help_text = _(
            "Leave it empty, and you get a one-time link to hand over."
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if bool(data.get("password1")) != bool(data.get("password2")):
            self.add_error("password2", self.error_messages["password_mismatch"])
        return data

    def set_password_and_save(
        self,
        user: Any,
        password_field_name: str = "password1",  # noqa: S107 - the name of a field
        commit: bool = True,
    ) -> Any:
        if self.cleaned_data[password_field_name]:
            return super().set_password_and_save(user, password_field_name, commit)  # type: ignore[misc]
        user.set_unusable_password()
        if commit:
            user.save()
        return user


@admin.register(User)
class UserAdmin(users.UserAdmin):
    add_form = NewPersonForm
    list_display = (*users.UserAdmin.list_display, "way_in")
    change_form_template = "people/user.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        apps = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
        accounts = SocialAccount.objects.filter(user=OuterRef("pk"))
        found = super().get_queryset(request)
        return found.annotate(has_app=Exists(apps), has_account=Exists(accounts))

    def response_add(self, request: HttpRequest, obj: User, *rest: Any, **more: Any) -> Any:
        if obj.has_usable_password():
            return super().response_add(request, obj, *rest, **more)
        return redirect("user_link", obj.pk)

    def deactivate(self, request: HttpRequest, pk: int) -> HttpResponse:
        with transaction.atomic():
            response = super().deactivate(request, pk)
            ended.end_of_deactivated(pk)
        return response

    @admin.display(description=_("Logs in with"))
    def way_in(self, user: Any) -> str:
        if user.has_account:
            return gettext("Microsoft")
        if not user.has_usable_password():
            return gettext("No password yet")
        return gettext("Password and authenticator app") if user.has_app else gettext("Password")
