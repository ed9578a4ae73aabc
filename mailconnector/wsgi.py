"""The entry point of the web server."""

import logging
import os

from django.core.checks import run_checks
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailconnector.settings")

application = get_wsgi_application()

# gunicorn does not pass by manage.py, which would say so.
for found in run_checks():
    logging.getLogger(__name__).warning("%s %s (%s)", found.msg, found.hint or "", found.id)
