"""The ways to reach Exchange Online: one module for each API, all behind MailBackend."""
