"""How somebody logs in."""

from django.test import Client

PASSWORD = "password"


def log_in(name="megan", password=PASSWORD, *, address="192.0.2.1", client=None, **options):
    return (client or Client()).post(
        "/login/", {"username": name, "password": password}, REMOTE_ADDR=address, **options
    )
