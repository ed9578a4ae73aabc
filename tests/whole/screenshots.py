"""`python -m tests.whole.screenshots` makes the pictures of README.md anew, in docs/images."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.waiting import PATIENCE
from tests.whole import situations
from tests.whole.conftest import CHROMIUM, ROOT, make

FOLDER = ROOT / "docs" / "images"
LARGEST = 200_000  # bytes
SIZE = {"width": 1280, "height": 800}
# Address, theme, and how far it is scrolled down in pixels
PICTURES = {
    "settings": ("/settings/email/", "light", 0),
    "dashboard": ("/", "light", 0),
    "queue": ("/notifications/notification/", "light", 310),
    "log": ("/notifications/attempt/", "light", 0),
    "log-dark": ("/notifications/attempt/", "dark", 0),
}


def _message(page, url):
    page.goto(f"{url}/notifications/notification/?tab=needs_you")
    page.get_by_role("link", name="Approval needed: change 4619").first.click()


def _test_dialog(page, url):
    situations.SITUATIONS["test dialog, failed"](page, url)


# Pictures of what takes more than an address to see
SITUATIONS = {"message": _message, "test": _test_dialog}


def take(product, browser):
    page = browser.new_page(viewport=SIZE, timezone_id="Europe/Berlin")
    situations.log_in(page, product)
    situations.SITUATIONS["settings, saved"](page, product.url)
    process = product.popen("-m", "tests.whole.example")
    output, _nothing = process.communicate(timeout=PATIENCE)
    if process.returncode:
        raise RuntimeError(output)
    page.goto(product.url)  # takes the zone on
    for name, (path, theme, scrolled) in PICTURES.items():
        page.emulate_media(color_scheme=theme)
        page.goto(product.url + path)
        page.wait_for_load_state("networkidle")
        page.evaluate("pixels => window.scrollTo(0, pixels)", scrolled)
        _picture(page, name)
    page.emulate_media(color_scheme="light")
    for name, lead_to in SITUATIONS.items():
        lead_to(page, product.url)
        page.wait_for_load_state("networkidle")
        _picture(page, name)
    page.close()


def _picture(page, name):
    target = FOLDER / f"{name}.png"
    page.screenshot(path=target, animations="disabled")
    if target.stat().st_size > LARGEST:
        raise RuntimeError(f"{target} has {target.stat().st_size} bytes")


def main():
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        product = make(Path(folder) / "data").start()
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        try:
            take(product, browser)
        finally:
            browser.close()
            product.stop()


if __name__ == "__main__":
    sys.exit(main())
