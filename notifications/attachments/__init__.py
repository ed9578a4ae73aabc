"""Attached files: stored content, and deleting what nothing attaches."""
