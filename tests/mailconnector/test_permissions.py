"""A permission that does not exist is one that only superusers have: nobody notices."""

import re

import pytest
from django.contrib.auth.models import Permission

from tests.processes import ROOT

# As Python and templates name them: notifications.view_attempt, perms.notifications.view_attempt.
NAMED = re.compile(r"\b(notifications|auth)\.((?:add|change|delete|view|send|run|clear)_\w+)")


@pytest.mark.django_db
def test_every_permission_that_is_asked_for_exists():
    known = set(Permission.objects.values_list("content_type__app_label", "codename"))
    files = [
        path
        for folder in ("notifications", "settings_ui", "mailconnector", "templates")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".html") and "migrations" not in path.parts
    ]
    asked = {named for path in files for named in NAMED.findall(path.read_text())}

    assert len(asked) > 10
    assert asked - known == set()
