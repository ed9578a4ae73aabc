"""Django's command line, whose help begins with our own commands."""

from django.core.management import ManagementUtility, get_commands

_OURS = ("notifications", "people")


class CommandLine(ManagementUtility):
    def main_help_text(self, commands_only: bool = False) -> str:
        """Return the text of `manage.py help`; with `commands_only` the names, for completion."""
        if commands_only:
            return super().main_help_text(commands_only)
        names = sorted(name for name, app in get_commands().items() if app in _OURS)
        ours = [f"  {name:12} {self.fetch_command(name).help}" for name in names]
        head = "Mail Connector's commands ('manage.py help <command>' shows the options):"
        rest = "All commands, including Django's:"
        return "\n".join([head, "", *ours, "", rest, super().main_help_text()])
