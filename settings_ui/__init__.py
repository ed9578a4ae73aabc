"""The E-mail > Settings page: form, sign-in and its callback, Test Settings."""
