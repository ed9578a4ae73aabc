"""A message as it came: read, carried on, and taken apart where it is too large."""
