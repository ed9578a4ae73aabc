"""The pages of API keys."""

import re

KEYS = "/notifications/apikey/"
TYPED = {"name": "Service desk", "may_send": "on", "requests_a_minute": "600"}


def text_of(response):
    return response.content.decode()


def shown(text, name):
    return re.search(f'id="new-{name}"[^>]* value="([^"]+)"', text)[1]
