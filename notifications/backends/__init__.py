"""How a message reaches Exchange Online: one module for each API, all behind MailBackend."""
