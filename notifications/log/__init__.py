"""The Outgoing Notifications Log: entries, search, pages, figures, retention."""
