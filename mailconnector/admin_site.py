"""The admin's site: Unfold's, with our own sidebar and dashboard."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from unfold.sites import UnfoldAdminSite


class Site(UnfoldAdminSite):
    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Make the list of all models only where it is read: no page of ours shows it, and it asks
        for the permissions and addresses of each."""
        make = partial(super().get_app_list, request, app_label)
        return make() if app_label else SimpleLazyObject(make)
