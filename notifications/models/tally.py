"""The log in figures: how many entries of a kind each quarter of an hour has."""

from django.db import models

from .attempt import Result


class Tally(models.Model):
    """Written by log/tallies.py once the quarter is over; tests are not counted. It outlives the
    entries that it counts. `code` and `http_status` are those of the entries."""

    start = models.DateTimeField()
    result = models.CharField(max_length=20, choices=Result.choices)
    code = models.CharField(max_length=100, blank=True)
    http_status = models.PositiveSmallIntegerField(default=0)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-start"]
        constraints = [
            models.UniqueConstraint(
                fields=["start", "result", "code", "http_status"], name="tally_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.result} from {self.start}"
