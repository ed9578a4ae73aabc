"""What holds mail back: each reason why it waits, and how that is said."""
