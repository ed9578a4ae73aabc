"""A signed-in Microsoft account: its tokens, its state, and the lane its mail leaves by."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .bucket import CAPACITY, Bucket
from .sealed.field import SealedField


class AccountState(models.TextChoices):
    CONNECTED = "connected", _("Connected")
    SIGN_IN_REQUIRED = "sign_in_required", _("Sign-in required")
    CREDENTIAL_EXPIRED = "credential_expired", _("Application credential expired")
    BLOCKED = "blocked", _("Blocked by Microsoft")


class AccountQuerySet(models.QuerySet["MicrosoftAccount"]):
    def take_lane(self, pk: int, *, owner: str, now: datetime, lease: timedelta) -> bool:
        """Become the one drainer of the mailbox, or stay it; False if another one is."""
        free = Q(lane_owner="") | Q(lane_owner=owner) | Q(lane_until__lt=now)
        return bool(self.filter(free, pk=pk).update(lane_owner=owner, lane_until=now + lease))

    def leave_lane(self, pk: int, *, owner: str, bucket: Bucket) -> None:
        self.filter(pk=pk, lane_owner=owner).update(
            lane_owner="",
            lane_until=None,
            bucket_level=bucket.level,
            bucket_at=bucket.at,
        )

    def keep_bucket(self, pk: int, *, bucket: Bucket) -> None:
        """Keep what a message outside the lane has left. While somebody has the lane, the bucket
        is theirs to keep."""
        self.filter(pk=pk, lane_owner="").update(bucket_level=bucket.level, bucket_at=bucket.at)

    def count_refusal(self, account: "MicrosoftAccount") -> int:
        """Count one more fresh token that was refused, and return how many it were in a row."""
        self.filter(pk=account.pk).update(refused_tokens=F("refused_tokens") + 1)
        account.refresh_from_db(fields=["refused_tokens"])
        return account.refused_tokens

    def take_try(self, account: "MicrosoftAccount", *, now: datetime, next_at: datetime) -> bool:
        """Become the one who tries a lost account again; False if somebody else is."""
        same = self.filter(pk=account.pk, try_again_at__lte=now).exclude(
            state=AccountState.CONNECTED
        )
        return bool(same.update(try_again_at=next_at, tried_again=account.tried_again))

    def take_renewal(self, pk: int, *, now: datetime, lease: timedelta) -> bool:
        """Become the one who renews the token; False if somebody is at it."""
        free = Q(renewing_until=None) | Q(renewing_until__lt=now)
        return bool(self.filter(free, pk=pk).update(renewing_until=now + lease))


class MicrosoftAccount(models.Model):
    """`oid` and `tid` identify it; the address is for people. `scopes` are space-separated."""

    tid = models.CharField(max_length=64)
    oid = models.CharField(max_length=64)
    address = models.CharField(max_length=254)
    # The cloud it was signed in at: a practice account never sends real mail.
    cloud = models.CharField(max_length=20)
    scopes = models.TextField(blank=True)
    cache = SealedField(_("Sign-in"), blank=True)  # MSAL's
    state = models.CharField(
        max_length=20, choices=AccountState.choices, default=AccountState.CONNECTED
    )
    signed_in_at = models.DateTimeField()
    signed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    renewed_at = models.DateTimeField(null=True)
    renewing_until = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_error_at = models.DateTimeField(null=True)
    last_error_code = models.CharField(max_length=100, blank=True)
    last_error_message = models.TextField(blank=True)
    # Fresh tokens refused, and tries to use the lost account again, since it worked for certain
    refused_tokens = models.PositiveSmallIntegerField(default=0)
    tried_again = models.PositiveSmallIntegerField(default=0)
    try_again_at = models.DateTimeField(null=True)

    lane_owner = models.CharField(max_length=100, blank=True)
    lane_until = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    rest_code = models.CharField(max_length=100, blank=True)
    # Until then nothing that was due fits into the limit of recipients a day.
    day_full_until = models.DateTimeField(null=True)
    bucket_level = models.FloatField(default=CAPACITY)
    bucket_at = models.DateTimeField()

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("Microsoft account")

    def __str__(self) -> str:
        return self.address

    @property
    def bucket(self) -> Bucket:
        return Bucket(self.bucket_level, self.bucket_at)

    def is_same_mailbox(self, other: "MicrosoftAccount") -> bool:
        """Say whether both are sign-ins of one account of Microsoft's."""
        return (self.tid, self.oid) == (other.tid, other.oid)

    def is_resting(self, *, now: datetime) -> bool:
        return self.rests_until is not None and self.rests_until > now

    def is_to_try(self, *, now: datetime) -> bool:
        """Say whether the account, which is lost, should be tried again by itself."""
        return self.try_again_at is not None and self.try_again_at <= now

    def lacks(self, needed: set[str]) -> list[str]:
        """The permissions that are needed and were not granted, sorted. Case does not count."""
        granted = {scope.rpartition("/")[2].casefold() for scope in self.scopes.split()}
        return sorted(n for n in needed if n.rpartition("/")[2].casefold() not in granted)
