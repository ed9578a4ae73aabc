"""The entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application

from . import checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailconnector.settings")

application = get_wsgi_application()
checks.log_problems()  # gunicorn does not start through manage.py, which would print them
