"""The form of a user: name, address, role. Single rights stand behind "Custom role"."""

from typing import Any

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import Group, Permission, User
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextInputWidget,
)

from . import right_names, rights, roles
from .rights_table import RightsField

_OF_ROLE = ("role", "groups", "user_permissions")
_LONGEST = 150  # characters of a first or a last name


class RoleWidget(UnfoldAdminRadioSelectWidget):
    """Radio buttons, each with what the role may do."""

    option_template_name = "notifications/role_option.html"

    def create_option(self, name: str, value: Any, *rest: Any, **more: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *rest, **more)
        return {**option, "what": roles.WHAT_THEY_DO.get(value, "")}


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """The fields that a new and a known user have. `actor` is who fills them in."""

    actor: Any = None
    name = forms.CharField(
        label=_("Name"), required=False, max_length=_LONGEST, widget=UnfoldAdminTextInputWidget
    )
    email = forms.EmailField(
        label=_("E-mail address"), required=False, widget=UnfoldAdminEmailInputWidget
    )
    role = forms.ChoiceField(label=_("Role"), widget=RoleWidget)
    groups = forms.ModelMultipleChoiceField(
        label=_("Groups"),
        queryset=Group.objects.none(),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    user_permissions = RightsField(
        label=_("Single rights"), queryset=Permission.objects.none(), required=False
    )

    class Meta:
        model = User
        fields = ("username", "email", "groups", "user_permissions")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.instance
        if user.pk:
            self.initial["name"] = user.get_full_name()
            self.initial["role"] = roles.role_of(user)
        if rights.is_self(self.actor, user):
            for name in _OF_ROLE:
                self.fields.pop(name, None)
        else:
            self._offer()

    def _offer(self) -> None:
        fields: Any = self.fields
        fields["role"].choices = list(roles.choices_for(self.actor))
        fields["groups"].queryset = rights.grantable_groups(self.actor)
        given = rights.grantable_permissions(self.actor).values("pk")
        fields["user_permissions"].queryset = right_names.known().filter(pk__in=given)

    def clean(self) -> dict[str, Any]:
        """Make groups and rights of the role, unless they were chosen one by one."""
        data = super().clean() or self.cleaned_data
        role = data.get("role")
        if role in roles.BUILT_IN:
            data["groups"], data["user_permissions"] = roles.groups_of(role), []
        elif role and self.instance.pk:
            self._keep_unseen(data, role)
        return data

    def _keep_unseen(self, data: dict[str, Any], role: str) -> None:
        had = self.instance.user_permissions.select_related("content_type")
        if role == roles.SUPERUSER:
            data["groups"], data["user_permissions"] = self.instance.groups.all(), had.all()
            return
        unseen = [each for each in had if not right_names.is_known(each)]
        data["user_permissions"] = [*data.get("user_permissions", ()), *unseen]

    def save(self, commit: bool = True) -> Any:
        user = self.instance
        # A sign-in with Microsoft parts a name at its first space.
        if "name" in self.changed_data:
            first, _space, last = self.cleaned_data["name"].strip().rpartition(" ")
            user.first_name, user.last_name = (first, last) if first else (last, "")
        # Every page is for people who may log in.
        user.is_staff = True
        if role := self.cleaned_data.get("role"):
            user.is_superuser = role == roles.SUPERUSER
        return super().save(commit)


class NewPersonForm(PersonForm, UserCreationForm):  # type: ignore[type-arg]
    class Meta(PersonForm.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("password1", "password2"):
            self.fields[name].widget = UnfoldAdminPasswordWidget({"autocomplete": "new-password"})
