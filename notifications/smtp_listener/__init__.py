"""The SMTP listener: devices and applications hand in mail, which becomes rows of the queue."""
