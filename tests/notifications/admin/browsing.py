"""People at the pages."""

import html

from django.test import Client

from tests import factories


def client(role):
    browser = Client()
    browser.force_login(factories.person(role))
    return browser


def page(browser, url, **query):
    """Return the page's text as people read it."""
    response = browser.get(url, query)
    assert response.status_code == 200
    return html.unescape(response.content.decode())
