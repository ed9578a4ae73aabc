"""Notifications > E-mail > SMTP: the listener, its clients and their sessions."""
