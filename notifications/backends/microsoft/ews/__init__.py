"""Exchange Web Services over exchangelib."""
