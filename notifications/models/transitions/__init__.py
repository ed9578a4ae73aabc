"""How a notification moves from one status to another, by several workers at once."""
