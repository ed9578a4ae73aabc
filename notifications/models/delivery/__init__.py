"""What became of each message after Microsoft had accepted it."""
