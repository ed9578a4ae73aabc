from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        """Listen for new passwords, in every process that may set one."""
        from . import ended  # noqa: F401, PLC0415 - needs the models
