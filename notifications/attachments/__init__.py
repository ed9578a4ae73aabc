"""Attached files: storing their content, and deleting content that nothing attaches."""
