"""The frame: settings, addresses, sidebar, and the checks of what the environment says."""

from django.apps import AppConfig

from . import checks

__all__ = ["MailConnector", "checks"]


class MailConnector(AppConfig):
    name = "mailconnector"
