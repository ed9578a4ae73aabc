"""How static files are kept: under names with a hash, and compressed."""

from typing import Any

import brotli
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
