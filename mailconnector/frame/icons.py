"""Templates whose icons are no words.

The icon font draws the text "expand_more" as an arrow. Unfold writes that text into its pages, so
people find and copy it, and screen readers say it. The loaders put it into an attribute, from which
pages.css draws it: once for each template, as it is read.
"""

import re
from typing import Any

from django.template import Origin
from django.template.loaders import app_directories, filesystem

LOADERS = ["mailconnector.frame.icons.Filesystem", "mailconnector.frame.icons.AppDirectories"]
_ICON = re.compile(
    r"<(?P<tag>span|div)\b(?P<attributes>[^<>]*\bmaterial-symbols-outlined\b[^<>]*)>"
    r"(?P<name>[^<]*|\s*<span x-text=\"(?P<bound>[^\"]*)\"></span>\s*)</(?P=tag)>"
)


def without_words(source: str) -> str:
    """Move the name of each icon in a template from the text into `data-icon`."""
    return _ICON.sub(_moved, source)


def _moved(icon: re.Match[str]) -> str:
    tag, attributes = icon["tag"], icon["attributes"].rstrip()
    if bound := icon["bound"]:
        name = f' x-bind:data-icon="{bound}"'
    elif "x-text=" in attributes:
        attributes, name = attributes.replace("x-text=", "x-bind:data-icon="), ""
    else:
        quote = "'" if '"' in icon["name"] else '"'
        name = f" data-icon={quote}{' '.join(icon['name'].split())}{quote}"
    # An icon that is clicked is a control: pages.js gives it a name of its own.
    hidden = "" if "x-on:click" in attributes else ' aria-hidden="true"'
    return f"<{tag}{attributes}{name}{hidden}></{tag}>"


class Filesystem(filesystem.Loader):
    def get_contents(self, origin: Origin) -> Any:
        return without_words(super().get_contents(origin))


class AppDirectories(app_directories.Loader):
    def get_contents(self, origin: Origin) -> Any:
        return without_words(super().get_contents(origin))
