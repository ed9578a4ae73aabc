"""The placeholders of E-mail Notifications: their language, values, limits and addresses."""
