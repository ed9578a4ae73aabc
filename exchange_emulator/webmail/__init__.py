"""Show mailboxes in a browser."""
