"""Django's command line, whose help begins with our own commands."""

import gc

from django.core.management import BaseCommand, ManagementUtility, get_commands

_OURS = ("notifications", "people")
_BETWEEN_COLLECTIONS = 50_000  # objects made; what a command still imports is most of them


class CommandLine(ManagementUtility):
    def fetch_command(self, subcommand: str) -> BaseCommand:
        """Return the command, with all that it imports: from here on what is thrown away is looked
        for, but not among what the start has made."""
        command = super().fetch_command(subcommand)
        gc.freeze()
        gc.set_threshold(_BETWEEN_COLLECTIONS)
        gc.enable()
        return command

    def main_help_text(self, commands_only: bool = False) -> str:
        """Return the text of `manage.py help`; with `commands_only` the names, for completion."""
        if commands_only:
            return super().main_help_text(commands_only)
        names = sorted(name for name, app in get_commands().items() if app in _OURS)
        ours = [f"  {name:12} {self.fetch_command(name).help}" for name in names]
        head = "Mail Connector's commands ('manage.py help <command>' shows the options):"
        rest = "All commands, including Django's:"
        return "\n".join([head, "", *ours, "", rest, super().main_help_text()])
