"""What holds on every page, light and dark, wide and narrow: axe-core finds nothing that breaks
WCAG 2.2 A or AA, there is one <main>, icons are no words, the page does not scroll sideways, and
the policy stops nothing.

The tests stand in the order of an installation's life: first nothing is there, then it is used.
"""

import sqlite3

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.whole import pages, situations
from tests.whole.conftest import new_context

SIZES = ((1280, 900), (400, 800))
# Rule, and the beginning of the element's HTML: what is Unfold's or Django's own and can be mended
# neither by a template nor by a style, each with its reason.
EXCEPTIONS: list[tuple[str, str]] = []

SHOW = """theme => {
    document.documentElement.classList.toggle("dark", theme === "dark");
    for (const animation of document.getAnimations()) animation.finish();
}"""
RUN_AXE = """() => axe.run({
    resultTypes: ["violations"],
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
})"""
# In the dark only colours differ.
RUN_AXE_IN_THE_DARK = """() => axe.run({
    resultTypes: ["violations"], runOnly: ["color-contrast", "link-in-text-block"],
})"""
FRAME = """() => [
    ...[...document.querySelectorAll(".material-symbols-outlined")]
        .filter((icon) => icon.textContent.trim()).map((icon) => "a word: " + icon.outerHTML),
    ...(document.querySelectorAll("main").length === 1 ? [] : ["not one <main>"]),
]"""
BEYOND_THE_EDGE = """() => {
    const root = document.documentElement;
    if (root.scrollWidth <= window.innerWidth) return [];
    return [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1)
        .slice(0, 5).map((element) => element.outerHTML.slice(0, 150));
}"""


@pytest.fixture(scope="module")
def administrator(product, browser):
    context = new_context(browser)
    page = context.new_page()
    situations.log_in(page, product)
    yield page
    context.close()


@pytest.fixture(scope="module")
def rows(product):
    return pages.make_rows(product)


@pytest.fixture
def problems(administrator):
    """What the browser complains about while the test runs."""
    administrator.set_viewport_size({"width": 1280, "height": 900})
    administrator.emulate_media(color_scheme="light")
    with pages.complaints(administrator) as found:
        yield found


def faults(page):
    """Of the page that is shown: in each size and theme, what is wrong with which element."""
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(FRAME)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{width}: beyond the edge: {html}" for html in page.evaluate(BEYOND_THE_EDGE)]
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.evaluate(SHOW, theme)
            run = RUN_AXE if theme == "light" else RUN_AXE_IN_THE_DARK
            for violation in page.evaluate(run)["violations"]:
                found += [f"{width} {theme}: {text}" for text in broken(violation)]
    return found


def broken(violation):
    for node in violation["nodes"]:
        if not any(violation["id"] == r and node["html"].startswith(h) for r, h in EXCEPTIONS):
            yield f"{violation['id']}: {node['html'][:200]} {node['failureSummary'][:200]}"


def test_every_link_of_the_sidebar_is_in_the_list(administrator):
    links = administrator.locator("#nav-sidebar-apps a").all()

    assert {link.get_attribute("href") for link in links} == set(pages.SIDEBAR)
    assert set(pages.SIDEBAR) <= set(pages.PAGES.values())


@pytest.mark.parametrize("path", pages.SIDEBAR)
def test_a_page_before_there_is_anything(administrator, product, problems, path):
    administrator.goto(product.url + path)

    assert faults(administrator) + problems == []


@pytest.mark.parametrize("name", situations.SITUATIONS)
def test_a_situation(administrator, product, problems, name):
    situations.SITUATIONS[name](administrator, product.url)

    assert faults(administrator) + problems == []


@pytest.mark.parametrize("name", pages.PAGES)
def test_a_page_with_rows(administrator, product, problems, rows, name):
    administrator.goto(product.url + pages.PAGES[name].format(**rows))

    assert faults(administrator) + problems == []


@pytest.mark.parametrize("name", situations.WITH_ROWS)
def test_a_situation_with_rows(administrator, product, problems, rows, name):
    situations.WITH_ROWS[name](administrator, product.url)

    assert faults(administrator) + problems == []


@pytest.fixture(scope="module")
def german(product, browser):
    context = new_context(browser, locale="de-DE")
    page = context.new_page()
    page.goto(product.url)
    page.get_by_label("Benutzername").fill("admin")
    page.get_by_label("Kennwort").fill(product.password)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    page.wait_for_load_state("networkidle")
    yield page
    context.close()


@pytest.mark.parametrize("path", pages.SIDEBAR)
def test_a_page_in_german(german, product, rows, path):
    german.goto(product.url + path)

    assert german.locator("html").get_attribute("lang") == "de"
    assert faults(german) == []


def test_what_an_auditor_is_shown_works(product, rows, context):
    page = context.new_page()
    situations.log_in(page, product, "Auditor", "password")

    with pages.complaints(page) as found:
        for name in pages.OF_AUDITOR:
            page.goto(product.url + pages.PAGES[name].format(**rows))
            page.wait_for_load_state("networkidle")

    assert found == []
    page.goto(f"{product.url}/notifications/smtpclient/{rows['smtp_client']}/change/")
    assert page.get_by_text("Allow sign-in without encryption").is_visible()


@pytest.mark.parametrize("path", ["/login/", "/api/v1/docs", "/nothing/"])
def test_a_page_for_anybody(context, product, path):
    page = context.new_page()
    page.goto(product.url + path)

    assert faults(page) == []


def test_a_form_whose_token_is_gone(context, product):
    page = context.new_page()
    page.goto(f"{product.url}/login/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill("wrong")
    context.clear_cookies()
    page.get_by_role("button", name="Log in").click()

    assert "was not accepted" in page.get_by_role("heading").inner_text()
    assert faults(page) == []


def test_a_refused_login(context, product):
    page = context.new_page()
    page.goto(f"{product.url}/login/")
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()

    assert faults(page) == []


def test_a_login_that_has_to_wait(context, product):
    page = context.new_page()
    for _ in range(6):
        page.goto(f"{product.url}/login/")
        page.get_by_label("Username").fill("somebody")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Log in").click()
        page.wait_for_load_state("networkidle")

    assert page.get_by_text("Too many wrong passwords.").is_visible()
    assert faults(page) == []


def test_a_mistake_of_ours(administrator, product):
    """Last: the database lacks a table after it."""
    with sqlite3.connect(product.folder / "mailconnector.sqlite3") as database:
        database.execute("ALTER TABLE notifications_apikey RENAME TO gone")

    response = administrator.goto(f"{product.url}/notifications/apikey/")

    assert response.status == 500
    assert faults(administrator) == []
