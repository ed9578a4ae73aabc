"""Static files as an installation keeps them."""

import brotli
from django.core.management import call_command


def test_static_files_are_kept_under_their_hashed_names_only_and_compressed(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    storage = {"BACKEND": "mailconnector.web.static_files.StaticFiles"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}

    call_command("collectstatic", interactive=False, verbosity=0)

    [style] = tmp_path.glob("mailconnector/pages*.css")
    assert style.name != "pages.css"
    compressed = style.with_name(f"{style.name}.br").read_bytes()
    assert brotli.decompress(compressed) == style.read_bytes()
