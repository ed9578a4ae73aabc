"""The product as `make run` starts it: its own processes, ports and data folder; and a browser."""

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Locator, expect, sync_playwright

from tests import clock
from tests.servers import free_port, free_ports
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What a person does with an element, or a script in their place
ACTS = (
    "check",
    "click",
    "dblclick",
    "dispatch_event",
    "evaluate",
    "fill",
    "focus",
    "press",
    "select_option",
    "set_input_files",
    "uncheck",
)
expect.set_options(timeout=PATIENCE * 1000)


@dataclass
class Product:
    folder: Path
    environment: dict
    process: subprocess.Popen | None = None
    output: str = ""
    password: str = ""

    @property
    def url(self):
        return f"http://localhost:{self.environment['PORT']}"

    @property
    def mailboxes(self):
        return f"http://localhost:{self.environment['MAILCONNECTOR_EMULATOR_HTTP_PORT']}"

    def start(self):
        self.process = self.popen("-m", "mailconnector.run")
        self.output = ""
        for line in self.process.stdout:
            self.output += line
            # It is printed at the start that made it.
            if made := re.search(r"Password: (\S+)", line):
                self.password = made[1]
            if "Ctrl-C stops everything" in line:
                return self
        raise AssertionError(f"make run did not start:\n{self.output}")

    def popen(self, *arguments):
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def manage(self, *arguments):
        """Run a manage.py command; return its exit status and output."""
        process = self.popen("manage.py", *arguments)
        output, _nothing = process.communicate(timeout=PATIENCE)
        return process.returncode, output

    def stop(self):
        """Press Ctrl-C; return the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        output, _nothing = self.process.communicate(timeout=PATIENCE)
        self.output += output
        return self.process.returncode

    def left_over(self):
        """Return the command lines of processes that still work on the data folder."""
        return list(self._processes().values())

    @contextmanager
    def microsoft_silent(self):
        """Let the emulator stand still: it answers nothing meanwhile."""
        found = [pid for pid, line in self._processes().items() if "exchange_emulator" in line]
        assert found
        for pid in found:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in found:
                os.kill(pid, signal.SIGCONT)

    def _processes(self):
        """Return the command line of each process that works on the data folder, by its number."""
        mark = f"MAILCONNECTOR_DATA_DIR={self.folder}".encode()
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (entry / "environ").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_text()
            except OSError:
                continue
        return found

    def messages(self):
        return requests.get(f"{self.mailboxes}/_emulator/messages", timeout=PATIENCE).json()


def make(folder):
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MAILCONNECTOR_", "DATABASE_URL", "REDIS_URL", "DJANGO_"))
    }
    environment |= {"MAILCONNECTOR_DATA_DIR": str(folder), **free_ports()}
    environment["MAILCONNECTOR_SMTP_LISTEN"] = f"127.0.0.1:{free_port()}"
    return Product(folder, environment)


@pytest.fixture
def new_product(tmp_path):
    product = make(tmp_path / "data")
    yield product
    if product.process:
        product.stop()


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    product = make(tmp_path_factory.mktemp("product")).start()
    yield product
    product.stop()


def new_context(browser, **options):
    """A person's browser. They read English, unless a test says otherwise."""
    context = browser.new_context(**{"locale": "en-US", **options})
    context.set_default_timeout(PATIENCE * 1000)
    return context


def on_a_whole_page(act):
    """A person acts on a page that is there as a whole. Playwright does so as soon as the element
    is there, when the page's scripts, which are deferred, may not have run."""

    @wraps(act)
    def act_then(locator, *arguments, **options):
        locator.wait_for(state="attached")
        locator.page.wait_for_load_state("domcontentloaded")
        return act(locator, *arguments, **options)

    return act_then


@pytest.fixture(scope="module")
def browser():
    """Debian's browser, for one module: Playwright leaves an event loop running in its thread, in
    which other tests could neither use the database nor start a loop of their own."""
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        for name in ACTS:
            patch.setattr(Locator, name, on_a_whole_page(getattr(Locator, name)))
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=CHROMIUM,
            env=clock.right(os.environ),  # Chromium does not run with faketime
        )
        yield browser
        browser.close()


@pytest.fixture
def context(browser):
    context = new_context(browser)
    yield context
    context.close()


@pytest.fixture
def page(product, context):
    """A browser in which the administrator has logged in."""
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda m: problems.append(m.text) if "Content Security" in m.text else None)
    page.goto(product.url)
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(product.password)
    page.get_by_role("button", name="Log in").click()
    yield page
    assert problems == []
