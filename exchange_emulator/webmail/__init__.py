"""Mailboxes to look into with a browser."""
