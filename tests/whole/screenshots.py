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
    "dashboard": ("/", "light", 520),
    "queue": ("/notifications/notification/", "light", 0),
    "log": ("/notifications/attempt/", "light", 0),
    "log-dark": ("/notifications/attempt/", "dark", 0),
}


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
        target = FOLDER / f"{name}.png"
        page.screenshot(path=target, animations="disabled")
        if target.stat().st_size > LARGEST:
            raise RuntimeError(f"{target} has {target.stat().st_size} bytes")
    page.close()


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
