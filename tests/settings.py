"""The product's settings, in a data folder of the test process's own.

DATABASE_URL is SQLite by default; tests/run.py runs the tests on PostgreSQL too.
"""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="mail-connector-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["MAILCONNECTOR_DATA_DIR"] = _folder
for _name in ("MAILCONNECTOR_CLOUD", "MAILCONNECTOR_PUBLIC_URL", "PORT", "REDIS_URL"):
    os.environ.pop(_name, None)
# This address refuses at once: a test that needs a broker starts its own.
os.environ["REDIS_URL"] = "redis://127.0.0.1:1/0"

from mailconnector.settings import *  # noqa: E402, F403 - after the environment is set

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT.mkdir()  # noqa: F405 - WhiteNoise warns about a folder that is not there
