"""The backends of the contract suite, each with the same faults to meet."""

from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default

from notifications.backends.errors import Answer
from notifications.backends.microsoft.ews.backend import EwsBackend
from notifications.backends.microsoft.graph.backend import GraphBackend
from notifications.backends.microsoft.graph.http import GraphHttp
from tests.exchange_emulator.emulator import DESK, EWS

from .memory import Fault, MemoryBackend, MemoryMailbox

# Each fault is the status and code of the answer to the request that asks to send, and whether the
# message goes out all the same. "drop" closes the connection without an answer.
FAULTS = {
    "bad recipient": {"status": 400, "code": "ErrorInvalidRecipients"},
    "send as denied": {"status": 403, "code": "ErrorSendAsDenied"},
    "too large": {"status": 413, "code": "ErrorMessageSizeExceeded"},
    "throttled": {"status": 429, "code": "ApplicationThrottled", "retry_after": "7"},
    "mailbox full": {"status": 507, "code": "ErrorQuotaExceeded"},
    "token refused": {"status": 401, "code": "InvalidAuthenticationToken"},
    "access denied": {"status": 403, "code": "ErrorAccessDenied"},
    "unavailable": {"status": 503, "code": "serviceNotAvailable"},
    "gateway timeout": {"status": 504, "code": "UnknownError"},
    "gateway timeout although sent": {"status": 504, "code": "UnknownError", "accepted": True},
    "200 instead of 202": {"status": 200, "code": "", "accepted": True},
    "dropped before": {"drop": "before"},
    "dropped after": {"drop": "after", "accepted": True},
}


@dataclass
class GraphHarness:
    emulator: object
    by_draft: bool
    http: GraphHttp = field(init=False)

    def __post_init__(self):
        token = self.emulator.sign_in()["access_token"]
        self.http = GraphHttp(
            f"{self.emulator.https}/v1.0", token=lambda: token, verify=self.emulator.ca
        )
        self.backend = GraphBackend(self.http, mailbox=DESK, by_draft=self.by_draft)
        self.remembers = self.by_draft

    def meets(self, name):
        fault = dict(FAULTS[name])
        path = "/v1.0/me/messages/*/send" if self.by_draft else "/v1.0/me/sendMail"
        if "drop" in fault:
            self.emulator.fault(path=path, count=1, drop=fault["drop"])
            return
        body = {"error": {"code": fault["code"], "message": f"The fault “{name}”."}}
        when = "after" if fault.get("accepted") else "before"
        retry_after = {"retry_after": fault["retry_after"]} if "retry_after" in fault else {}
        self.emulator.fault(
            path=path, count=1, status=fault["status"], body=body, when=when, **retry_after
        )

    def arrived(self):
        return [self.emulator.mime(m["n"]) for m in self.emulator.messages()]


# The same faults in EWS: most are a response code in an answer with status 200.
EWS_FAULTS = {
    "bad recipient": {"error_code": "ErrorInvalidRecipients"},
    "send as denied": {"error_code": "ErrorSendAsDenied"},
    "too large": {"error_code": "ErrorMessageSizeExceeded"},
    "throttled": {"kind": "server-busy", "back_off_ms": 7000},
    "mailbox full": {"error_code": "ErrorQuotaExceeded"},
    "token refused": {"status": 401, "body": ""},
    "access denied": {"error_code": "ErrorAccessDenied"},
    "unavailable": {"status": 503, "body": ""},
    "gateway timeout": {"status": 504, "body": ""},
    "gateway timeout although sent": {"status": 504, "body": "", "when": "after"},
    "200 instead of 202": {"status": 200, "body": "", "when": "after"},
    "dropped before": {"drop": "before"},
    "dropped after": {"drop": "after"},
}


@dataclass
class EwsHarness:
    emulator: object

    def __post_init__(self):
        token = self.emulator.sign_in(scopes=[EWS])["access_token"]
        self.backend = EwsBackend(
            f"{self.emulator.https}/EWS/Exchange.asmx",
            mailbox=DESK,
            token=lambda: token,
            verify=self.emulator.ca,
        )
        self.remembers = True

    def meets(self, name):
        self.emulator.fault(
            path="/ews/exchange.asmx", operation="SendItem", count=1, **EWS_FAULTS[name]
        )

    def arrived(self):
        return [self.emulator.mime(m["n"]) for m in self.emulator.messages()]


@dataclass
class MemoryHarness:
    box: MemoryMailbox = field(default_factory=MemoryMailbox)
    faults: list = field(default_factory=list)
    remembers = True

    def __post_init__(self):
        self.backend = MemoryBackend(
            self.box, mailbox=DESK, token=lambda: "token", faults=self._next_faults()
        )

    def _next_faults(self):
        while True:
            yield self.faults.pop(0) if self.faults else None

    def meets(self, name):
        fault = FAULTS[name]
        code = "ConnectionLost" if "drop" in fault else fault["code"] or "UnexpectedAnswer"
        answer = Answer(status=fault.get("status", 0), code=code)
        retry_after = float(fault["retry_after"]) if "retry_after" in fault else None
        self.faults.append(
            Fault(answer, accepted=fault.get("accepted", False), retry_after=retry_after)
        )

    def arrived(self):
        return list(self.box.sent.values())


def parsed(mime):
    return message_from_bytes(mime, policy=default)
