"""People at the pages."""

import html
from html.parser import HTMLParser

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


def form_of(browser, url):
    """Return the form of the page that queues something, with the fields that a browser sends."""
    return form_in(browser.get(url))


def form_in(response):
    forms = _Forms()
    forms.feed(response.content.decode())
    (form,) = [each for each in forms.found if "form_token" in each]
    return form


class _Forms(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self._textarea = [], None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.found.append({})
        elif not self.found or not given.get("name"):
            return
        elif tag == "input" and given.get("type") in ("hidden", "text"):
            self.found[-1][given["name"]] = given.get("value", "")
        elif tag == "textarea":
            self._textarea = given["name"]
            self.found[-1][self._textarea] = ""

    def handle_data(self, data):
        if self._textarea:
            self.found[-1][self._textarea] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._textarea = None
