"""The page of a message: what it says, what became of it, and how it is sent again."""
