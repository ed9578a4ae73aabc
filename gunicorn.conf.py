"""gunicorn's options, wherever it is started: it reads this file from the folder it starts in."""

wsgi_app = "mailconnector.wsgi"
worker_class = "mailconnector.web_worker.WebWorker"
# They wait for the database and for Microsoft more than they work.
threads = 32
keepalive = 75  # seconds, longer than nginx keeps a connection unused
# sendfile() would wait without an end for a client that does not take in its answer.
sendfile = False
control_socket_disable = True
