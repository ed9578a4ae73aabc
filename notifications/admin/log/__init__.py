"""The Outgoing Notifications Log's pages."""
