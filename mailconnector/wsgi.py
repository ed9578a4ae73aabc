"""The entry point of the web server."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from . import checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailconnector.settings")

application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)  # the first request would else wait for the pages
checks.log_problems()  # gunicorn does not start through manage.py, which would print them
