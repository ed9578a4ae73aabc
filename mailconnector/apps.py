"""The Django app of the site, which registers the checks of the configuration, and those of
Unfold and Django's admin: the pages are imported with the addresses (urls.py), and no command needs
them. Unfold's own app would make its site, with all forms, at every start."""

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig

from . import checks

__all__ = ["Admin", "MailConnector", "Unfold", "checks"]


class MailConnector(AppConfig):
    name = "mailconnector"
    default = True


class Unfold(AppConfig):
    name = "unfold"


class Admin(SimpleAdminConfig):
    default_site = "mailconnector.admin_site.Site"
