"""Hold everything the emulator knows in one object, which the request handlers share."""

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from exchange_emulator.clock import Clock
from exchange_emulator.control.faults import Faults
from exchange_emulator.control.statistics import Statistics
from exchange_emulator.directory import App, Directory, User
from exchange_emulator.entra.tokens import Signer
from exchange_emulator.mail.ids import Ids
from exchange_emulator.mail.limits import Limits
from exchange_emulator.storage import database
from exchange_emulator.storage.contents import Contents
from exchange_emulator.storage.grants import Grants
from exchange_emulator.storage.mailboxes import Mailboxes
from exchange_emulator.storage.submissions import Submissions
from exchange_emulator.storage.uploads import Uploads
from exchange_emulator.trace.fates import Fates
from exchange_emulator.trace.switches import Switches


@dataclass
class World:
    folder: Path
    directory: Directory
    clock: Clock
    signer: Signer
    grants: Grants
    contents: Contents
    mailboxes: Mailboxes
    submissions: Submissions
    uploads: Uploads
    ids: Ids
    faults: Faults
    statistics: Statistics
    limits: Limits
    fates: Fates
    switches: Switches
    connection: sqlite3.Connection
    http_url: str = ""
    https_url: str = ""
    latency: float = 0.0
    uploaded_certificates: list[tuple[App, str]] = field(default_factory=list)
    # App roles that were assigned or taken meanwhile, by client id and address.
    changed_roles: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def roles_of(self, app: App, user: User) -> list[str]:
        seeded = app.roles.get(user.address, [])
        return self.changed_roles.get((app.client_id, user.address), seeded)

    def forget(self) -> None:
        """Go back to the first start: no mail, no grants, no faults, Microsoft's limits."""
        database.forget(self.connection)
        self.uploads.forget()
        self.faults.clear()
        self.statistics.clear()
        self.limits.reset()
        self.fates.clear()
        self.switches.reset()
        self.clock.reset()
        for app, pem in self.uploaded_certificates:
            app.certificates.remove(pem)
        self.uploaded_certificates.clear()
        self.changed_roles.clear()


def create(folder: Path, directory: Directory, *, latency: float = 0.0) -> World:
    connection = database.connect(folder)
    signer = Signer(folder)
    contents = Contents(connection)
    return World(
        folder=folder,
        directory=directory,
        clock=Clock(),
        signer=signer,
        grants=Grants(connection),
        contents=contents,
        mailboxes=Mailboxes(connection, contents),
        submissions=Submissions(connection),
        uploads=Uploads(connection, folder / "uploads"),
        ids=Ids(signer.key_id),
        faults=Faults(),
        statistics=Statistics(),
        limits=Limits(),
        fates=Fates(),
        switches=Switches(),
        connection=connection,
        latency=latency,
    )
