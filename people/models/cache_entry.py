"""The table of Django's database cache, so that `migrate` alone makes it."""

from django.db import models

from people import CACHE_TABLE


class CacheEntry(models.Model):
    """The columns are those of Django's createcachetable. All web processes have to know which
    code of an authenticator app was used; nothing else is kept here."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = CACHE_TABLE
        default_permissions = ()

    def __str__(self) -> str:
        return self.cache_key
