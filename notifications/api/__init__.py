"""The REST API: notifications from applications, with API keys. docs/api.md shows how."""
