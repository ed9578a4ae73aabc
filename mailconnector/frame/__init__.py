"""What goes around every page."""
