"""The pages of E-mail Notifications."""
