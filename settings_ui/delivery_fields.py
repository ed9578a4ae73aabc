"""The fields of the section Delivery."""

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from notifications.models.settings import HIGHEST_DAY_LIMIT, HIGHEST_PACE, DoubtPolicy


def number_widget(maximum: int, minimum: int) -> forms.Widget:
    """A field for a number, whose mistakes the server explains."""
    # type=text: a browser hides what it does not take for a number, so that the person
    # would see an empty field with an error about a value that is not there.
    widget: forms.Widget = widgets.UnfoldAdminTextInputWidget(
        {"inputmode": "numeric", "class": "mc-number", "data-min": minimum, "data-max": maximum}
    )
    return widget


class DeliveryFields(forms.Form):
    protection = forms.BooleanField(
        required=False,
        widget=widgets.UnfoldBooleanWidget,
        help_text=_(
            "Lets this application read the account's mailbox (permission Mail.ReadWrite). "
            "Off: the permission Mail.Send alone is enough."
        ),
    )
    messages_a_minute = forms.IntegerField(
        validators=[
            MinValueValidator(0, _("Enter 0 (unlimited) or more.")),
            MaxValueValidator(HIGHEST_PACE),
        ],
        error_messages={"invalid": _("Enter a whole number; 0 = unlimited.")},
        widget=number_widget(HIGHEST_PACE, 0),
        help_text=_(
            "0 = unlimited. Exchange delivers at most 30 a minute for a mailbox; higher values do "
            "not make mail arrive sooner. At 30 a minute, 1,200 messages take 40 minutes."
        ),
    )
    recipients_a_day = forms.IntegerField(
        validators=[
            MinValueValidator(0, _("Enter 0 (unlimited) or more.")),
            MaxValueValidator(HIGHEST_DAY_LIMIT),
        ],
        error_messages={"invalid": _("Enter a whole number; 0 = unlimited.")},
        widget=number_widget(HIGHEST_DAY_LIMIT, 0),
        help_text=_(
            "0 = unlimited. Exchange accepts 10,000 recipients in 24 hours from a mailbox and does "
            "not deliver to more; Mail Connector keeps them in the queue instead."
        ),
    )
    doubt_policy = forms.ChoiceField(
        choices=DoubtPolicy.choices,
        widget=widgets.UnfoldAdminRadioSelectWidget,
    )
