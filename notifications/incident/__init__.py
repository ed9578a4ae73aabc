"""Why mail is not going out, since when, how much of it, and what to do: for people."""
