"""How somebody logs in, and whether they are."""

from django.test import Client

PASSWORD = "password"


def log_in(name="megan", password=PASSWORD, *, address="192.0.2.1", client=None, **options):
    return (client or Client()).post(
        "/login/", {"username": name, "password": password}, REMOTE_ADDR=address, **options
    )


def is_in(client):
    """Say whether the person of this browser is logged in."""
    return client.get("/").status_code == 200
