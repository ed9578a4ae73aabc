"""A sign-in under way, with the unsaved form that it must bring back."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .sealed.field import SealedField
from .settings import EmailSettings

LIFETIME = timedelta(hours=1)


class SignInDraftQuerySet(models.QuerySet["SignInDraft"]):
    def alive(self, *, now: datetime) -> "SignInDraftQuerySet":
        return self.filter(created_at__gt=now - LIFETIME)

    def up_to(self, draft: "SignInDraft") -> "SignInDraftQuerySet":
        """Return the draft and the earlier ones of the same person."""
        return self.filter(user=draft.user_id, pk__lte=draft.pk)

    def use_state(self, state: str, *, user_id: int, now: datetime) -> "SignInDraft | None":
        """The draft that `state` belongs to, once: the second to come gets None."""
        draft = self.alive(now=now).filter(state=state, user_id=user_id).first()
        if draft is None or not self.filter(pk=draft.pk, used_at=None).update(used_at=now):
            return None
        return draft


class SignInDraft(models.Model):
    """`state` is OAuth's; `form` and `flow` are JSON. Only `user` may open it."""

    state = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    form = SealedField(_("Unsaved form"), holds=EmailSettings)
    flow = SealedField(_("Request to Microsoft"))
    account = models.ForeignKey(
        "MicrosoftAccount", null=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    used_at = models.DateTimeField(null=True)

    objects = SignInDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in under way")

    def __str__(self) -> str:
        return f"sign-in of {self.created_at:%Y-%m-%d %H:%M}"
