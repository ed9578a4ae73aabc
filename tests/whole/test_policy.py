"""Every page in a browser: nothing on it is stopped by the Content-Security-Policy."""

import json

import pytest

from tests.mailconnector.test_access import TABLE

pytestmark = pytest.mark.xdist_group("whole")

MAKE_ROWS = """
import json, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "mailconnector.settings"
django.setup()
from tests import factories
print("rows", json.dumps(factories.one_of_each()))
"""
# Each view that the Administrator gets a page from. A download is no page.
PAGES = {
    name: path
    for name, (path, get, _post) in TABLE.items()
    if get.endswith("200") and name not in ("admin:jsi18n", "admin:log_export", "admin:search")
    and not name.startswith("api:") and not name.endswith("_export")
}  # fmt: skip


# Unfold 0.91, on the page of an earlier version: its tab with a link binds a class to what
# only its tab with a menu defines.
OF_UNFOLD = "actionDropdownOpen is not defined"


def log_in(page, product):
    page.goto(product.url)
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(product.password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_load_state("networkidle")


def test_no_page_has_anything_that_the_policy_stops(product, context):
    page = context.new_page()
    log_in(page, product)
    process = product.popen("-c", MAKE_ROWS)
    output, _nothing = process.communicate(timeout=60)
    rows = json.loads(output.rpartition("rows ")[2])
    problems = []
    page.on("pageerror", lambda e: problems.append(str(e)) if OF_UNFOLD not in str(e) else None)
    page.on(
        "console",
        lambda m: (
            problems.append(m.text) if m.type == "error" and OF_UNFOLD not in m.text else None
        ),
    )
    page.on("requestfailed", lambda r: problems.append(r.url) if "srcdoc" not in r.url else None)
    page.on("response", lambda r: problems.append(r.url) if r.status >= 400 else None)

    found = {}
    for name, path in PAGES.items():
        problems.clear()
        page.goto(product.url + path.format(**rows))
        page.wait_for_load_state("networkidle")
        if page.locator("script:not([src])").count():
            problems.append("an inline script")
        if problems:
            found[name] = [*problems]

    assert len(PAGES) > 30
    assert found == {}
