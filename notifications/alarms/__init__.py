"""Alarms: which should stand, raising, clearing, telling."""
