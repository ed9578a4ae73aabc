"""Signed calls to addresses that people have typed, and the queue of callbacks."""
