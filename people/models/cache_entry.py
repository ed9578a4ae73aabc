"""The table of Django's database cache, so that `migrate` alone makes it."""

from django.db import models

from people import CACHE_TABLE


class CacheEntry(models.Model):
    """The columns are those of Django's createcachetable. Here is what all web processes have to
    know, and only for as long: which code of an authenticator app was used, how many were wrong,
    and which session's refresh token is being redeemed (microsoft/renewal.py)."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = CACHE_TABLE
        default_permissions = ()

    def __str__(self) -> str:
        return self.cache_key
