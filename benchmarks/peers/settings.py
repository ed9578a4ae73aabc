"""Django's settings for the other queues, each with its documented set-up, and with four senders if
it can have them."""

import os

import dj_database_url

CANDIDATE = os.environ["CANDIDATE"]
SENDER = "benchmarks.peers.graph_mail.GraphBackend"

SECRET_KEY = "benchmark"  # noqa: S105 - nobody signs in here
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=60)}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    {"mailer": "mailer", "post_office": "post_office", "yubin": "django_yubin"}.get(
        CANDIDATE, "djcelery_email"
    ),
]
EMAIL_BACKEND = {
    "mailer": "mailer.backend.DbBackend",
    "post_office": "post_office.EmailBackend",
    "yubin": "django_yubin.backends.QueuedEmailBackend",
}.get(CANDIDATE, "djcelery_email.backends.CeleryEmailBackend")
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
LOGGING_CONFIG = None

# django-mailer
MAILER_EMAIL_BACKEND = SENDER
MAILER_EMPTY_QUEUE_SLEEP = 1
# django-post_office
POST_OFFICE = {
    "BACKENDS": {"default": SENDER},
    "THREADS_PER_PROCESS": 4,
    "BATCH_SIZE": 1000,
    "DEFAULT_PRIORITY": "medium",
    "MESSAGE_ID_ENABLED": True,
    "MESSAGE_ID_FQDN": "contoso.example",
}
# django-yubin
MAILER_USE_BACKEND = SENDER
# django-celery-email
CELERY_EMAIL_BACKEND = SENDER
CELERY_EMAIL_TASK_CONFIG = {"ignore_result": True}

CELERY_BROKER_URL = os.environ["REDIS_URL"]
