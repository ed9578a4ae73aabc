"""The settings as a row and as values: the same fields, in the same order, with one default."""

from dataclasses import fields

from notifications.models import EmailSettings
from notifications.models.settings import SettingsValues

# What the row knows beside the settings themselves
KEPT = {
    "id", "credential_set_at", "account", "account_address", "signed_in_at",
    "version", "saved_at", "saved_by", "trace_credential_set_at",
}  # fmt: skip


def test_each_setting_is_a_value_and_a_field_of_the_row():
    row = [field.name for field in EmailSettings._meta.fields if field.name not in KEPT]

    assert row == [field.name for field in fields(SettingsValues)]


def test_a_new_row_has_the_defaults_of_the_values():
    assert EmailSettings().values() == SettingsValues()


def test_each_setting_has_a_name_for_people():
    for field in EmailSettings._meta.fields:
        is_setting = field.name not in KEPT
        # Django makes a name of a field's own: "tenant id" of tenant_id.
        assert not is_setting or field.verbose_name != field.name.replace("_", " "), field.name
