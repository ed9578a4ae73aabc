"""Messages a minute that the emulator takes on one core, draft and send, over TLS.

    python benchmarks/emulator_throughput.py [--messages 2000] [--way draft|direct|ews]

The emulator is pinned to one core, and the clients share the others. It has to manage 2,000 a
minute, so that it is not what limits the product.
"""

import argparse
import base64
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

TENANT = "7a1c9c1e-3b5d-4e0a-9a43-c0a7050e0001"
CLIENT = "3f0d4c52-5c1b-4b43-8f0e-c0a7050e0002"
SECRET = "practice~Secret.Value-Not-The-Id_0001"  # noqa: S105 - the practice tenant's
CALLBACK = "http://localhost/oauth/callback"
EWS_SCOPE = "https://outlook.office365.com/EWS.AccessAsUser.All"
SCOPES = {"draft": "Mail.Send Mail.ReadWrite", "direct": "Mail.Send", "ews": EWS_SCOPE}
READY = re.compile(r"exchange_emulator ready http=(\S+) https=(\S+) ca=(\S+)\n")
CLIENTS = 4
TEXT = {"Content-Type": "text/plain"}
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><s:Body>%s</s:Body>'
    "</s:Envelope>"
)
CREATE = (
    '<m:CreateItem MessageDisposition="SaveOnly"><m:Items><t:Message><t:MimeContent>%s'
    "</t:MimeContent></t:Message></m:Items></m:CreateItem>"
)
SEND = '<m:SendItem SaveItemToFolder="true"><m:ItemIds>%s</m:ItemIds></m:SendItem>'


def mime(number: int, size: int) -> bytes:
    body = b"A line of a ticket's answer, as a service desk writes them.\r\n" * (size // 61)
    return (
        b"From: servicedesk@contoso.example\r\nTo: ann@example.org\r\n"
        b"Subject: Ticket %d\r\nMessage-ID: <bench-%d@contoso.example>\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n" % (number, number)
    ) + body


def access_token(http: str, https: str, ca: str, scope: str) -> str:
    query = urlencode(
        {
            "client_id": CLIENT,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": scope,
        }
    )
    form = {"account": "servicedesk@contoso.example", "consent": "accept"}
    url = f"{http}/{TENANT}/oauth2/v2.0/authorize?{query}"
    answer = requests.post(url, data=form, allow_redirects=False, timeout=10)
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "client_id": CLIENT,
        "client_secret": SECRET,
    }
    url = f"{https}/{TENANT}/oauth2/v2.0/token"
    return str(requests.post(url, data=form, verify=ca, timeout=10).json()["access_token"])


def send(session: requests.Session, https: str, way: str, number: int, size: int) -> None:
    body = base64.b64encode(mime(number, size))
    if way == "direct":
        made = session.post(f"{https}/v1.0/me/sendMail", data=body, headers=TEXT)
        made.raise_for_status()
    elif way == "draft":
        prefer = {**TEXT, "Prefer": 'IdType="ImmutableId"'}
        made = session.post(f"{https}/v1.0/me/messages", data=body, headers=prefer)
        made.raise_for_status()
        session.post(f"{https}/v1.0/me/messages/{made.json()['id']}/send").raise_for_status()
    else:
        url = f"{https}/EWS/Exchange.asmx"
        made = session.post(url, data=ENVELOPE % (CREATE % body.decode()))
        item = re.search(r"<t:ItemId [^>]+/>", made.text)
        session.post(url, data=ENVELOPE % (SEND % (item[0] if item else "")))


def run_client(https: str, ca: str, token: str, work: tuple[str, range, int]) -> None:
    way, numbers, size = work
    with requests.Session() as session:
        session.trust_env = False
        session.verify = ca
        session.headers["Authorization"] = f"Bearer {token}"
        for number in numbers:
            send(session, https, way, number, size)


def measure(options: argparse.Namespace, http: str, https: str, ca: str, pid: int) -> str:
    session = requests.Session()
    session.trust_env = False
    session.post(f"{http}/_emulator/limits", json={"*": None}).raise_for_status()
    token = access_token(http, https, ca, SCOPES[options.way])
    before, began = cpu_seconds(pid), time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        shares = [range(first, options.messages, CLIENTS) for first in range(CLIENTS)]
        for each in [
            pool.submit(run_client, https, ca, token, (options.way, share, options.size))
            for share in shares
        ]:
            each.result()
    took, used = time.perf_counter() - began, cpu_seconds(pid) - before
    count = len(session.get(f"{http}/_emulator/messages").json())
    rate = count / took * 60
    return (
        f"{options.way}: {count} messages of {options.size} bytes in {took:.1f} s, {rate:.0f} a "
        f"minute; the emulator used {used / count * 1000:.2f} ms of one core for each, so "
        f"{60 / (used / count):.0f} a minute would fill it"
    )


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--size", type=int, default=4000, help="bytes of each body")
    parser.add_argument("--way", choices=list(SCOPES), default="draft")
    options = parser.parse_args()
    os.environ.pop("REQUESTS_CA_BUNDLE", None)
    os.environ.pop("CURL_CA_BUNDLE", None)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "exchange_emulator", "--data-dir", folder]
        process = subprocess.Popen(
            [*command, "--http-port", "0", "--https-port", "0"],
            stdout=subprocess.PIPE,
            text=True,
        )
        os.sched_setaffinity(process.pid, {0})
        ready = READY.fullmatch(process.stdout.readline() if process.stdout else "")
        try:
            if ready is None:
                sys.exit("the emulator did not start")
            sys.stdout.write(measure(options, *ready.groups(), process.pid) + "\n")
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
