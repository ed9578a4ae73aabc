"""Alarms that stand, and the channels that report them."""
