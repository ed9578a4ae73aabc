"""People: how they sign in, their second factor and their sessions."""

# The table of Django's cache, which a migration makes (models/cache_entry.py).
CACHE_TABLE = "people_cache"
