"""Let tests and developers steer faults, limits and time, and see what happened."""
