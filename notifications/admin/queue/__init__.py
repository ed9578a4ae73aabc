"""The Notification Queue's pages."""
