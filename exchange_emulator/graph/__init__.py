"""Microsoft Graph v1.0, its mail part."""
