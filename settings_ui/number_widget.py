"""A field for a number, whose mistakes the server explains."""

from django import forms
from unfold import widgets


def number_widget(maximum: int, minimum: int) -> forms.Widget:
    # type=text: a browser hides what it does not take for a number, so that the person
    # would see an empty field with an error about a value that is not there.
    widget: forms.Widget = widgets.UnfoldAdminTextInputWidget(
        {"inputmode": "numeric", "class": "mc-number", "data-min": minimum, "data-max": maximum}
    )
    return widget
