"""Microsoft Graph over requests."""
