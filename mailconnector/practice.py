"""What `make run` puts into a new data folder, so that the first sign-in needs nothing typed.

The values are those of the emulator's default seed (docs/emulator.md); they open nothing else.
"""

from django.conf import settings

from notifications import vault
from notifications.models import EmailSettings

TENANT_ID = "7a1c9c1e-3b5d-4e0a-9a43-c0a7050e0001"
CLIENT_ID = "3f0d4c52-5c1b-4b43-8f0e-c0a7050e0002"
CLIENT_SECRET = "practice~Secret.Value-Not-The-Id_0001"  # noqa: S105 - public, see above


def fill_in_application() -> None:
    """In practice mode, and only where no application was entered yet."""
    row = EmailSettings.objects.current()
    if settings.CLOUD != "emulator" or row.tenant_id or row.client_id or row.client_secret:
        return
    row.tenant_id, row.client_id = TENANT_ID, CLIENT_ID
    row.client_secret = vault.seal(CLIENT_SECRET)
    row.save()
