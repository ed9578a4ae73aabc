"""Notifications: the queue, its delivery through Microsoft 365, and the log."""
