"""Emulate the mail part of Microsoft Graph v1.0."""
