"""The rows of explanations.py, by where an error comes from."""
