"""A web server that keeps what it is sent and answers what it is told."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer


@contextmanager
def listening():
    heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.keep(self.rfile.read(int(self.headers["Content-Length"])))

        def do_GET(self):
            self.keep(b"")

        def keep(self, body):
            heard.append((self.path, dict(self.headers), body))
            self.send_response(server.answer)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.answer, server.heard = 204, heard
    server.url = f"http://localhost:{server.server_port}/hook?token=t0ken"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
