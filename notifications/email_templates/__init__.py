"""E-mail Notifications: running one, and their JSON format."""
