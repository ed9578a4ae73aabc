"""Keys of applications, and what they are limited to."""
