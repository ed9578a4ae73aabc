"""A message that is opened in a real browser: nobody outside is told."""

import socket
import threading

import pytest
from playwright.sync_api import expect

# Each has a host of its own: a connection that is kept would hide the next one's.
ELEMENTS = """
<iframe src="{}"></iframe> <IFRAME loading=lazy src="{}"></IFRAME> <iframe/src="{}"></iframe>
<iframe srcdoc="<iframe src='{}'></iframe>"></iframe> <iframe\nsrc={}></iframe>
<object data="{}"></object> <embed src="{}"> <applet code="{}"></applet> <portal src="{}"></portal>
<fencedframe src="{}"></fencedframe> <svg><foreignObject><iframe src="{}"/></foreignObject></svg>
<link rel=preconnect href="{}"> <link rel=stylesheet href="{}"> <link rel=dns-prefetch href="{}">
<link rel=prefetch href="{}"> <link rel=icon href="{}"> <link rel=modulepreload href="{}">
<meta http-equiv=refresh content="0;url={}"> <base href="{}"><img src=relative.png>
<img src="{}"> <img srcset="{} 2x"> <picture><source srcset="{}"><img></picture>
<video src="{}" poster="{}" autoplay></video> <audio src="{}" autoplay></audio>
<video><track default src="{}"></video> <input type=image src="{}"> <body background="{}">
<table background="{}"><tr><td>x</td></tr></table> <script src="{}"></script>
<style>@import "{}"; body {{ background: url({}) }} @font-face {{ font-family: x; src: url({}) }}
* {{ font-family: x }}</style> <p style="background: url({})">x</p>
<svg><image href="{}"/><use href="{}#x"/></svg> <noscript><iframe src="{}"></iframe></noscript>
<!-- --!><iframe src="{}"></iframe> <math><mtext><iframe src="{}"></iframe></mtext></math>
<b id=shown>Shown</b> <a id=link ping="{}" href="{}">a link</a>
<svg width=90 height=20><a id=drawn xlink:href="{}"><text y=15>a drawn link</text></a></svg>
"""
FRAMES = '<frameset cols="50%,50%"><frame src="{}"><frame src="{}"></frameset>'


@pytest.fixture
def outside():
    """A server that knows nothing but who connects."""
    connected, server = [], socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            try:
                connection, address = server.accept()
            except OSError:
                return
            connected.append(address)
            connection.close()

    thread = threading.Thread(target=accept)
    thread.start()
    yield server.getsockname()[1], connected
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


@pytest.fixture
def page(product, context):
    """A person who has logged in; what the policy stops here is no mistake of a page."""
    page = context.new_page()
    page.goto(product.url)
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(product.password)
    page.get_by_role("button", name="Log in").click()
    return page


def open_message(page, product, html):
    """Open the page of a notification with this body; return its frame."""
    command = (
        "from notifications import outbox; new = outbox.NewNotification(to='a@contoso.example',"
        f" html={html!r}); print('number', outbox.enqueue(new, initiator='test').pk)"
    )
    status, printed = product.manage("shell", "--verbosity=0", "--command", command)
    assert status == 0, printed
    number = printed.rpartition("number ")[2].strip()
    page.goto(f"{product.url}/notifications/notification/{number}/change/")
    page.wait_for_load_state("networkidle")
    return page.frame_locator("iframe.mc-frame")


@pytest.mark.parametrize("body", [ELEMENTS, FRAMES], ids=["elements", "frames"])
def test_opening_a_message_connects_to_nobody(page, product, outside, body):
    port, connected = outside
    hosts = [f"http://e{number}.localhost:{port}/" for number in range(body.count("{}"))]

    frame = open_message(page, product, body.format(*hosts))
    if body == ELEMENTS:
        expect(frame.locator("#shown")).to_be_visible()
        frame.locator("#link").dispatch_event("click")
        frame.locator("#drawn").dispatch_event("click")
    page.reload(wait_until="networkidle")

    assert connected == []
