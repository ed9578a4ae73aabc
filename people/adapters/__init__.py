"""What we tell allauth. Its settings name these classes."""
