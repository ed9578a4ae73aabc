"""Emulate Exchange Web Services, as far as mail clients that send need it."""
