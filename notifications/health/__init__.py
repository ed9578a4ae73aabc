"""What machines and administrators are told about this installation."""
