"""How static files are found, and kept: under names with a hash, and compressed."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import brotli
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class _QuickCompressor(Compressor):
    """Brotli's best takes five times as long, at each start, for files that are a tenth smaller."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return brotli.compress(data, quality=9)


class StaticFiles(CompressedManifestStaticFilesStorage):
    keep_only_hashed_files = True  # nobody asks for the others, and they would be compressed too

    def create_compressor(self, **options: Any) -> Compressor:
        return _QuickCompressor(**options)


class EditorFiles(FileSystemFinder):
    """Those files of django_ace that the code editor needs: it has 290, for 150 languages, which
    each start would name, compress and write."""

    NEEDED = (
        "django_ace/ace/ace.js", "django_ace/ace/mode-django.js", "django_ace/ace/mode-json.js",
        "django_ace/ace/ext-language_tools.js", "django_ace/ace/css/ace.css",
        "django_ace/ace/css/main-*",
    )  # fmt: skip

    def __init__(self, *_arguments: Any, **_options: Any) -> None:
        package = find_spec("django_ace")
        (place,) = (package and package.submodule_search_locations) or [""]
        root = str(Path(place) / "static")
        self.locations = [("", root)]
        self.storages = {root: FileSystemStorage(location=root)}

    def check(self, **_options: Any) -> list[Any]:
        return []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        for path, storage in super().list(ignore_patterns):
            if any(fnmatch(path, needed) for needed in self.NEEDED):
                yield path, storage
