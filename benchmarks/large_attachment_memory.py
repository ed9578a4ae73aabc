"""The memory that a 150 MB attachment needs: `python -m benchmarks.large_attachment_memory`.

Sends it by draft to an emulator whose limits are off, and compares the peak of this process
with what it had before (resident set, from /proc). The aim is under 64 MB.
"""

import os
import resource
import tempfile
import uuid
from pathlib import Path

from notifications.backends.microsoft.graph.backend import GraphBackend
from notifications.backends.microsoft.graph.http import GraphHttp
from notifications.message.addresses import Address
from notifications.message.message import File, MailMessage
from tests.exchange_emulator import emulator as running

MEGABYTE = 1_048_576
SIZE = 150 * MEGABYTE


def main() -> None:
    os.environ.pop("REQUESTS_CA_BUNDLE", None)
    os.environ.pop("CURL_CA_BUNDLE", None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large = folder / "large.bin"
        with large.open("wb") as stream:
            for _ in range(SIZE // MEGABYTE):
                stream.write(os.urandom(MEGABYTE))
        emulator = running.start(folder / "emulator")
        try:
            _measure(emulator, large)
        finally:
            running.stop(emulator)


def _measure(emulator: running.Emulator, large: Path) -> None:
    emulator.limits(**{"*": None})
    token = emulator.sign_in()["access_token"]
    http = GraphHttp(f"{emulator.https}/v1.0", token=lambda: token, verify=emulator.ca)
    backend = GraphBackend(http, mailbox=running.DESK, by_draft=True)
    backend.send(_message(), checkpoint=lambda reference: None)
    idle = _resident()
    file = File("large.bin", "application/pdf", SIZE, lambda: large.open("rb"))
    backend.send(_message(file), checkpoint=lambda reference: None)
    backend.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"idle {idle / MEGABYTE:.0f} MB, peak {peak / MEGABYTE:.0f} MB, ", end="")  # noqa: T201
    print(f"above idle {(peak - idle) / MEGABYTE:.0f} MB")  # noqa: T201


def _message(*files: File) -> MailMessage:
    desk = Address(running.DESK)
    return MailMessage(
        message_id=f"<{uuid.uuid4()}@contoso.example>",
        sender=desk,
        from_=desk,
        to=(Address("alex@contoso.example"),),
        subject="A large file",
        text="Attached.",
        files=files,
    )


def _resident() -> int:
    """Return this process's resident set in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    main()
