"""Texts of Unfold, which has no German translation: `make messages` finds them here for our
catalog. The last ones are Django's."""

from django.utils.translation import gettext_noop as _

TEXTS = [
    _("Add row"),
    _("After you've created a user, you’ll be able to edit more user options."),  # noqa: RUF001 - as Unfold writes it
    _("All applications"),
    _("Apply Filters"),
    _("Cancel"),
    _("Changes"),
    _("Choose a date from the list below to revert to a previous version of this object"),
    _("Choose file to upload"),
    _("Click to cancel"),
    _("Click to download"),
    _("Collapse"),
    _("Date"),
    _("Date from"),
    _("Date to"),
    _("Expand row"),
    _("False"),
    _("Filters"),
    _("Forgotten your password or username?"),
    _("From"),
    _("General"),
    _("Go back"),
    _("Image preview"),
    _("Light"),
    _("Dark"),
    _("System"),
    _("Loading more results..."),
    _("More actions"),
    _("Next"),
    _("No data"),
    _("No recent searches"),
    _("No results found"),
    _("No results matching your query"),
    _("Press the 'Change History' button below to edit the history."),
    _("Previous"),
    _(
        "Raw passwords are not stored, so there is no way to see this user’s password, but you "  # noqa: RUF001
        'can change the password using <a href="{}" class="text-primary-600 '
        'dark:text-primary-500">this form</a>.'
    ),
    _("Recent searches"),
    _("Record picture"),
    _("Reset filters"),
    _("Return to site"),
    _("Run"),
    _("Search apps and models..."),
    _("Select action"),
    _("Select action to run"),
    _("Select all rows"),
    _("Select record"),
    _("Select value"),
    _("Submit"),
    _("This item will be deleted."),
    _("This page yielded into no results. Create a new item or reset your filters."),
    _("To"),
    _("Toggle password visibility"),
    _("True"),
    _("Type to search"),
    _("Value"),
    _("Welcome back to"),
    _("You have been successfully logged out from the administration"),
    # Django's texts: "Save" is worded as on our other pages, and the rest lacks German in Django.
    _("Save and add another"),
    _("Save and continue editing"),
    _("Save and view"),
    _("Save as new"),
    _(
        "Whether the user will be able to authenticate using a password or not. If disabled, they "
        "may still be able to authenticate using other backends, such as Single Sign-On or LDAP."
    ),
]
