"""The Django app of the site: it registers the checks of the configuration."""

from django.apps import AppConfig

from . import checks

__all__ = ["MailConnector", "checks"]


class MailConnector(AppConfig):
    name = "mailconnector"
