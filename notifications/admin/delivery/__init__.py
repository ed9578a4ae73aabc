"""Bounces, and the suppression list."""
