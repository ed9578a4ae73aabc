"""The page of a message, as a person opens it."""

from tests.notifications.admin.browsing import page

QUEUE = "/notifications/notification/"


def show(browser, row, **query):
    return page(browser, f"{QUEUE}{row.pk}/change/", **query)
