"""Keep what has to survive a restart, in one SQLite file."""
