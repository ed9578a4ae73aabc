"""The rows of the SMTP listener: its settings, its clients, and what it remembers of them."""
