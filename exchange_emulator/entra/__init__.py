"""Emulate Entra ID: sign-in pages, consent, tokens and their errors."""
