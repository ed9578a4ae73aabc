"""Groups: what each may do, as a table. The three that a database begins with stay."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextInputWidget

from notifications.admin.audited import Audited
from notifications.admin.base import FormOfActor, StrictLookups

from . import right_names, rights, roles
from .lockout import NeverLocksOut
from .rights_table import RightsField, as_text, of_groups

admin.site.unregister(Group)
_MOST_COMPARED = 8  # groups beside each other in one table


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    actor: Any = None
    permissions = RightsField(label=_("Rights"), queryset=Permission.objects.none(), required=False)

    class Meta:
        model = Group
        fields = ("name", "permissions")
        widgets = {"name": UnfoldAdminTextInputWidget}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = rights.grantable_permissions(self.actor).values("pk")
        fields: Any = self.fields
        fields["permissions"].queryset = right_names.known().filter(pk__in=given)

    def clean(self) -> dict[str, Any]:
        """Keep rights that open nothing here and are not shown."""
        data = super().clean() or self.cleaned_data
        if self.instance.pk and "permissions" in data:
            had = self.instance.permissions.select_related("content_type")
            unseen = [each for each in had if not right_names.is_known(each)]
            data["permissions"] = [*data["permissions"], *unseen]
        return data


@admin.register(Group)
class GroupAdmin(NeverLocksOut, Audited, FormOfActor, StrictLookups, DjangoGroupAdmin, ModelAdmin):
    form = GroupForm
    filter_horizontal = ()
    list_display = ("shown_name", "shown_users")
    warn_unsaved_form = True
    change_list_template = "notifications/groups.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).annotate(users=Count("user"))

    @admin.display(description=_("Name"), ordering="name")
    def shown_name(self, group: Group) -> str:
        return group.name

    @admin.display(description=_("Users"), ordering="users")
    def shown_users(self, group: Any) -> int:
        return int(group.users)

    @admin.display(description=_("Rights"))
    def shown_rights(self, group: Group) -> str:
        return as_text(group.permissions.select_related("content_type"))

    def changelist_view(self, request: HttpRequest, *place: Any, **more: Any) -> HttpResponse:
        """Show beneath the list what each group may do."""
        found = Prefetch("permissions", Permission.objects.select_related("content_type"))
        groups = Group.objects.order_by("name").prefetch_related(found)[:_MOST_COMPARED]
        more["extra_context"] = {**(more.get("extra_context") or {}), "table": of_groups(groups)}
        return super().changelist_view(request, *place, **more)

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> Any:
        may_change = obj is None or self.has_change_permission(request, obj)
        return ("name", "permissions" if may_change else "shown_rights")

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> Any:
        is_built_in = obj is not None and obj.name in roles.BUILT_IN
        return ("shown_rights", "name") if is_built_in else ("shown_rights",)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or rights.may_manage_group(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Forbid to delete what comes with the product, and what one's own rights come from."""
        allowed = super().has_delete_permission(request, obj)
        if obj is None or not allowed:
            return allowed
        is_own = obj in request.user.groups.all()
        is_kept = obj.name in roles.BUILT_IN or is_own
        return not is_kept and rights.may_manage_group(request.user, obj)
