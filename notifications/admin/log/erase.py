"""Find and erase an address: for administrators, and kept in the log's time line."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminTextInputWidget

from notifications.audit.actors import person
from notifications.i18n import translated
from notifications.log import erasure
from notifications.message.addresses import AddressError, parse_address


class EraseForm(forms.Form):
    address = forms.CharField(
        label=_("Address"), max_length=320, widget=UnfoldAdminTextInputWidget({"type": "email"})
    )

    def clean_address(self) -> str:
        try:
            return parse_address(self.cleaned_data["address"]).address.lower()
        except AddressError as error:
            raise forms.ValidationError(translated(error, gettext)) from error


@require_http_methods(["GET", "POST"])
def erase_address(request: HttpRequest) -> HttpResponse:
    """Show how much there is of an address; erase it once that was confirmed. The address stands
    in no URL."""
    if not request.user.has_perm("notifications.erase_address"):
        raise PermissionDenied
    form = EraseForm(request.POST if request.method == "POST" else None)
    found = None
    if form.is_bound and form.is_valid():
        address = form.cleaned_data["address"]
        if "erase" in request.POST:
            return _erase(request, address)
        found = erasure.find(address)
    context = {
        **admin.site.each_context(request),
        "title": gettext("Find and erase an address"),
        "form": form,
        "found": found,
        "most": erasure.MOST_COUNTED,
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "notifications/erase_address.html", context, status=status)


def _erase(request: HttpRequest, address: str) -> HttpResponse:
    is_done = erasure.erase(address, by=person(request), now=timezone.now())
    if is_done:
        messages.success(request, gettext("The address was erased."))
    else:
        text = gettext("There is more of the address than fits into one go. Erase it once more.")
        messages.warning(request, text)
    return redirect("admin:log_erase")
