"""Administration > API keys, and the log of their callbacks."""
