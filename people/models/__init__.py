"""The rows of people. allauth's stay with allauth: no worker has to load it for these."""

from .cache_entry import CacheEntry
from .rules import LoginRules
from .session import Session

__all__ = ["CacheEntry", "LoginRules", "Session"]
