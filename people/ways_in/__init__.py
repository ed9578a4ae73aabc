"""allauth's views at our addresses, in Unfold's look."""
