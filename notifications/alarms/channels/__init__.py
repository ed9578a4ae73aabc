"""How an alarm is delivered: one module for each kind of channel."""
