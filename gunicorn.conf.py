"""gunicorn's options, wherever it is started: it reads this file from the folder it starts in."""

import gc
import os

os.umask(0o077)  # what a request leaves on the disk is for our own user alone

wsgi_app = "mailconnector.wsgi"
worker_class = "mailconnector.web.worker.WebWorker"
# They wait for the database and for Microsoft more than they work.
threads = 32
worker_connections = 500  # a process may usually open 1,024 files
keepalive = 75  # seconds, longer than nginx keeps a connection unused
# By default whoever connects from this machine, such as a proxy that passes on all headers, chooses
# the path with SCRIPT_NAME and PATH_INFO, and so goes around the proxy's rules for addresses.
forwarder_headers = ""
# sendfile() would wait without an end for a client that does not take in its answer.
sendfile = False
control_socket_disable = True


def post_worker_init(worker: object) -> None:
    """Leave out of the collections what the start has made: to look through all of it takes a tenth
    of a second, in the middle of a page."""
    gc.collect()
    gc.freeze()
