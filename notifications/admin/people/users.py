"""Users: who they are, and their role. People cannot gain rights here (rights.py), nor lock
themselves or everybody out (lockout.py)."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm

from notifications.admin.audited import Audited
from notifications.admin.base import FormOfActor, RefusedForms, StrictLookups
from notifications.models.audit.act import Act
from notifications.templatetags.moments import moment

from . import rights, roles
from .lockout import Lockout, NeverLocksOut, guarded
from .rights_table import as_text
from .user_form import NewPersonForm, PersonForm

admin.site.unregister(User)
_PAGE = "admin:auth_user_change"
_PASSWORD = "auth_user_password_change"  # noqa: S105 - the name of a page


class PasswordForm(AdminPasswordChangeForm):
    """A form that only sets a password. Django's can also take it away, but there is no other way
    to log in, and the last superuser would have none."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields.pop("usable_password", None)


class UserColumns:
    """What the list and the page show of a user."""

    # A column about the second factor has its place here.
    log_in_columns: tuple[str, ...] = ("shown_last_login",)

    @admin.display(description=_("Username"), ordering="username")
    def shown_username(self, user: User) -> str:
        return user.get_username()

    @admin.display(description=_("Name"), ordering="first_name")
    def shown_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description=_("E-mail address"), ordering="email")
    def shown_email(self, user: User) -> str:
        return user.email

    @admin.display(description=_("Role"))
    def shown_role(self, user: User) -> str:
        return str(roles.NAMES[roles.role_of(user)])

    @admin.display(description=_("What this role may do"))
    def shown_rights(self, user: User) -> str:
        return as_text(rights.rights_of(user).select_related("content_type"))

    @admin.display(description=_("Last log-in"), ordering="last_login")
    def shown_last_login(self, user: User) -> str:
        return moment(user.last_login) if user.last_login else gettext("Never")

    @admin.display(description=_("State"))
    def shown_activity(self, user: User) -> str:
        return gettext("Active") if user.is_active else gettext("Deactivated")

    @display(
        description=_("State"),
        ordering="is_active",
        label={"active": "success", "deactivated": "warning"},
    )
    def shown_state(self, user: User) -> tuple[str, Any]:
        if user.is_active:
            return "active", _("Active")
        return "deactivated", _("Deactivated")


@admin.register(User)
class UserAdmin(
    NeverLocksOut,
    RefusedForms,
    Audited,
    UserColumns,
    FormOfActor,
    StrictLookups,
    DjangoUserAdmin,  # type: ignore[type-arg]
    ModelAdmin,
):
    form = PersonForm
    add_form = NewPersonForm
    add_form_template = None
    change_form_template = "notifications/user.html"
    change_password_form = PasswordForm
    list_display = (
        "shown_username", "shown_name", "shown_email", "shown_role", *UserColumns.log_in_columns,
        "shown_state",
    )  # fmt: skip
    list_filter = ("is_active", "groups")
    warn_unsaved_form = True
    conditional_fields = dict.fromkeys(("groups", "user_permissions"), "role == 'custom'")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups", "user_permissions")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/deactivate/", view(require_POST(self.deactivate)), name="user_deactivate"
            ),
            path("<int:pk>/activate/", view(require_POST(self.activate)), name="user_activate"),
            *super().get_urls(),
        ]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or rights.may_manage(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        if obj is None or not allowed:
            return allowed
        return not rights.is_self(request.user, obj) and rights.may_manage(request.user, obj)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Those who only look, and people at their own page, see the role and cannot choose one."""
        may_change = self.has_change_permission(request, obj)
        may_choose = may_change and not rights.is_self(request.user, obj)
        chosen = ("role", "groups", "user_permissions")
        name = "name" if may_change else "shown_name"
        fieldsets: list[Any] = [
            (None, {"fields": ("username", name, "email")}),
            (_("Role"), {"fields": chosen if may_choose else ("shown_role", "shown_rights")}),
        ]
        if obj is None:
            return [*fieldsets, (_("Password"), {"fields": ("password1", "password2")})]
        return [*fieldsets, (_("Log-in"), {"fields": ("shown_activity", *self.log_in_columns)})]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return ("shown_name", "shown_role", "shown_rights", "shown_activity", *self.log_in_columns)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save a user, and tell which role they had and have."""
        if role := form.cleaned_data.get("role"):
            former = form.initial.get("role", "")
            if role != former:
                pair = [roles.english(each) for each in (former, role)]
                request.audit_details = {"role": pair}  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:  # type: ignore[override]
        """Tell a new password apart from what else is changed."""
        match = request.resolver_match
        if not match or match.url_name != _PASSWORD:
            return super().log_change(request, obj, message)
        self.tell(request, Act.PASSWORD_SET, obj)
        return super(Audited, self).log_change(request, obj, message)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002 - Django's name
        """Set somebody else's password. One's own is changed with the old one, so that whoever has
        taken over a session cannot keep the account."""
        if str(request.user.pk) == id:
            return redirect("admin:password_change")
        return super().user_change_password(request, id, form_url)

    def deactivate(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._set_active(request, pk, is_active=False)

    def activate(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._set_active(request, pk, is_active=True)

    def _set_active(self, request: HttpRequest, pk: int, *, is_active: bool) -> HttpResponse:
        """Somebody who is deactivated is logged out by their next request."""
        user = get_object_or_404(User, pk=pk)
        is_self = rights.is_self(request.user, user)
        if is_self or not self.has_change_permission(request, user):
            raise PermissionDenied
        try:
            with guarded(request.user):
                if User.objects.filter(pk=pk, is_active=not is_active).update(is_active=is_active):
                    self.tell(request, Act.ACTIVATED if is_active else Act.DEACTIVATED, user)
        except Lockout as lockout:
            messages.error(request, str(lockout))
        else:
            text = _("%(name)s can log in again.") if is_active else _("%(name)s cannot log in.")
            messages.success(request, text % {"name": user})
        return redirect(_PAGE, pk)
