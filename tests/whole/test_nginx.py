"""docs/operations.md's nginx configuration, as it stands there, in front of the product."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import requests
import trustme

from tests import proxies
from tests.exchange_emulator.emulator import DESK
from tests.servers import free_port
from tests.waiting import PATIENCE, wait_until
from tests.whole import conftest

ROOT = Path(__file__).parents[2]
HOST = "mail.contoso.example"
URL = f"https://{HOST}"
STEPS = "application/x-ndjson"


def documented():
    text = (ROOT / "docs" / "operations.md").read_text()
    (block,) = re.findall(r"```nginx\n(.*?)```", text, re.DOTALL)
    return block


def configuration(folder, *, http, https, web):
    """The documented site with this machine's ports and files, and the frame Debian gives it."""
    site = documented()
    for old, new in {
        "listen 80;": f"listen 127.0.0.1:{http};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{https} ssl http2;",
        "/etc/ssl/mailconnector/fullchain.pem": f"{folder}/chain.pem",
        "/etc/ssl/mailconnector/privkey.pem": f"{folder}/key.pem",
        "http://127.0.0.1:8000;": f"http://127.0.0.1:{web};",
    }.items():
        assert site.count(old) == 1, old
        site = site.replace(old, new)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    user = "user root;" if os.geteuid() == 0 else ""
    return f"""
        {user} daemon off; pid {folder}/pid; error_log {folder}/error.log;
        events {{}}
        http {{ access_log off; {temporary} {site} }}
    """


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    product = conftest.make(tmp_path_factory.mktemp("product"))
    product.environment["MAILCONNECTOR_PUBLIC_URL"] = URL
    product.start()
    yield product
    product.stop()


@pytest.fixture(scope="module")
def nginx(product, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nginx")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    certificate = authority.issue_cert(HOST)
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    for part in certificate.cert_chain_pems:
        part.write_to_path(folder / "chain.pem", append=True)
    ports = {"http": free_port(), "https": free_port(), "web": product.environment["PORT"]}
    (folder / "nginx.conf").write_text(configuration(folder, **ports))
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    process = subprocess.Popen([program, "-p", folder, "-c", folder / "nginx.conf"])

    def has_started():
        assert process.poll() is None, (folder / "error.log").read_text()
        return (folder / "pid").exists() and (folder / "pid").read_text()

    assert wait_until(has_started)
    with proxies.running(proxies.Proxy(leads_to=ports["https"])) as way:
        yield {"ca": str(folder / "ca.pem"), "way": way.url, **ports}
    process.terminate()
    process.wait(timeout=PATIENCE)


@pytest.fixture
def browser(nginx):
    """A session that finds mail.contoso.example at nginx, as DNS would."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = nginx["ca"]
        session.proxies = {"https": nginx["way"]}
        yield session


def log_in(browser, product):
    page = browser.get(f"{URL}/login/")
    return post(browser, f"{URL}/login/", page, {"username": "admin", "password": product.password})


def post(browser, url, page, fields, **options):
    """A form of a page, sent as a browser does."""
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
    return browser.post(
        url,
        data={"csrfmiddlewaretoken": token, **fields},
        headers={"Referer": page.url, "Origin": URL, **options.pop("headers", {})},
        **options,
    )


def fields_of(page):
    """The settings form as it stands on the page, with what a browser would send of it."""
    form = {"service": "exchange-online", "api": "graph", "charset": "utf-8"}
    form |= {"credential": "secret", "protection": "on", "doubt_policy": "hold", "cloud": "global"}
    texts = "version draft tenant_id client_id messages_a_minute recipients_a_day"
    for name in texts.split():
        for tag in re.findall(rf'<input[^>]*name="{name}"[^>]*>', page.text):
            form[name] = re.search(r'value="([^"]*)"', tag)[1]
    return form


def test_http_leads_to_https(nginx):
    answer = requests.get(
        f"http://127.0.0.1:{nginx['http']}/login/?next=/",
        headers={"Host": HOST},
        allow_redirects=False,
        timeout=PATIENCE,
    )

    assert (answer.status_code, answer.headers["Location"]) == (301, f"{URL}/login/?next=/")


def test_login_keeps_its_cookies_for_https(browser, product):
    answer = log_in(browser, product)

    assert answer.url == f"{URL}/"
    assert answer.status_code == 200
    assert all(cookie.secure for cookie in browser.cookies)
    assert {cookie.name for cookie in browser.cookies} >= {
        "__Host-mailconnector_session",
        "__Host-csrftoken",
    }
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_another_host_is_refused(browser):
    assert browser.get(f"{URL}/login/", headers={"Host": "evil.example"}).status_code == 400


def test_the_sign_in_comes_back_by_https_and_a_test_shows_its_steps_as_they_run(browser, product):
    log_in(browser, product)
    page = browser.get(f"{URL}/settings/email/")
    assert f"{URL}/oauth/callback" in page.text
    assert "You opened this page at" not in page.text
    leaves = post(
        browser,
        f"{URL}/settings/email/sign-in/",
        page,
        fields_of(page),
        allow_redirects=False,
    )
    assert (
        f"redirect_uri={URL.replace(':', '%3A').replace('/', '%2F')}" in leaves.headers["Location"]
    )

    back = consent(leaves.headers["Location"])
    page = browser.get(back)
    assert f"Signed in as {DESK} (not saved yet)." in page.text

    fields = fields_of(page) | {"send_test": "1", "test_recipient": "alex@contoso.example"}
    # The first step is here before the message can have gone: nothing keeps it back.
    with product.microsoft_silent():
        answer = post(
            browser,
            f"{URL}/settings/email/test/",
            page,
            fields,
            headers={"Accept": STEPS},
            stream=True,
            timeout=PATIENCE,
        )
        assert answer.status_code == 200, answer.text
        steps = map(json.loads, answer.iter_lines())
        assert next(steps)["state"] == "running"
    *_others, last = steps
    assert last["name"] == "Test message has been sent"
    assert len(product.messages()) == 1


def consent(address):
    """A person at the emulator's pages; where the browser is sent then."""
    with requests.Session() as person:
        form = {"account": DESK}
        page = person.post(address, data=form, allow_redirects=False, timeout=PATIENCE)
        if page.status_code != 302:
            form["consent"] = "accept"
            page = person.post(address, data=form, allow_redirects=False, timeout=PATIENCE)
        return page.headers["Location"]


def test_large_attachments_pass(browser, product):
    status, printed = product.manage(
        "shell", "-v0", "-c",
        "from notifications.models import ApiKey\n"
        "key = ApiKey(name='nginx'); token = key.make_token(); key.save(); print('key', token)",
    )  # fmt: skip
    assert status == 0, printed
    key = re.search(r"key (\S+)", printed)[1]
    message = json.dumps({"to": "a@contoso.example", "subject": "Big", "text": "See the file."})
    size = 100 * 1024 * 1024

    answer = browser.post(
        f"{URL}/api/v1/messages",
        files={
            "message": (None, message, "application/json"),
            "files": ("big.bin", b"x" * size),
        },
        headers={"Authorization": f"Bearer {key}"},
        timeout=PATIENCE,
    )

    assert answer.status_code == 201, answer.text
    stored = list((product.folder / "attachments").rglob("*"))
    assert any(path.is_file() and path.stat().st_size == size for path in stored)
