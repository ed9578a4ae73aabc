"""What tests and developers steer: faults, limits, time, and what happened."""
