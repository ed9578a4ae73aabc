"""The emulator as a process, and the few requests that most tests begin with."""

import os
import re
import subprocess
import sys
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msal
import requests

from tests.waiting import PATIENCE

TENANT = "7a1c9c1e-3b5d-4e0a-9a43-c0a7050e0001"
CLIENT = "3f0d4c52-5c1b-4b43-8f0e-c0a7050e0002"
SECRET = "practice~Secret.Value-Not-The-Id_0001"
CALLBACK = "http://localhost:8000/oauth/callback"
DESK = "servicedesk@contoso.example"
MAIL = ("Mail.Send", "Mail.Send.Shared", "Mail.ReadWrite", "User.Read")
EWS = "https://outlook.office365.com/EWS.AccessAsUser.All"
READY = re.compile(r"exchange_emulator ready http=(\S+) https=(\S+) ca=(\S+)\n")


@dataclass
class Emulator:
    process: subprocess.Popen
    http: str
    https: str
    ca: str
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self):
        self.session.verify = self.ca
        self.session.trust_env = False

    def control(self, method, path, **options):
        answer = self.session.request(method, f"{self.http}/_emulator/{path}", **options)
        assert answer.status_code < 300, answer.text
        return answer

    def reset(self):
        self.control("DELETE", "state")

    def messages(self):
        return self.control("GET", "messages").json()

    def mime(self, n):
        return self.control("GET", f"messages/{n}/mime").content

    def fault(self, **fault):
        self.control("POST", "faults", json=fault)

    def limits(self, **values):
        self.control("POST", "limits", json=values)

    def advance(self, seconds):
        self.control("POST", "clock", json={"advance_seconds": seconds})

    def authority(self, tenant=TENANT):
        return f"{self.https}/{tenant}"

    def client(self, *, tenant=TENANT, secret=SECRET, **options):
        return msal.ConfidentialClientApplication(
            CLIENT,
            client_credential=secret,
            authority=self.authority(tenant),
            instance_discovery=False,
            verify=self.ca,
            **options,
        )

    def choose(self, auth_uri, account, *, consent="accept"):
        """Act as a person at the sign-in pages; return what the application gets back."""
        browser = requests.Session()
        browser.trust_env = False
        form = {"account": account}
        page = browser.post(auth_uri, data=form, allow_redirects=False)
        if "Permissions requested" in page.text and consent:
            form["consent"] = consent
            page = browser.post(auth_uri, data=form, allow_redirects=False)
        if page.status_code != 302:
            return page
        query = urlsplit(page.headers["Location"]).query
        return {name: values[0] for name, values in parse_qs(query).items()}

    def begin(self, app, scopes=MAIL, **options):
        """Begin MSAL's flow; its advice for form_post does not concern a test."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="response_mode='form_post'")
            return app.initiate_auth_code_flow(list(scopes), redirect_uri=CALLBACK, **options)

    def sign_in(self, account=DESK, scopes=MAIL, *, app=None, tenant=TENANT):
        """Return the result of MSAL's authorization code flow."""
        app = app or self.client(tenant=tenant)
        flow = self.begin(app, scopes, prompt="select_account")
        answer = self.choose(flow["auth_uri"], account)
        return app.acquire_token_by_auth_code_flow(flow, answer)

    def graph(self, token, method, path, **options):
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        return self.session.request(method, f"{self.https}/v1.0{path}", headers=headers, **options)


def start(folder: Path, *arguments: str) -> Emulator:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "exchange_emulator"),
            *("--http-port", "0", "--https-port", "0", "--data-dir", str(folder)),
            *arguments,
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
    ready = READY.fullmatch(process.stdout.readline())
    assert ready, "the emulator did not start"
    return Emulator(process, *ready.groups())


def stop(emulator: Emulator) -> None:
    emulator.session.close()
    emulator.process.terminate()
    emulator.process.wait(timeout=PATIENCE)
    emulator.process.stdout.close()
