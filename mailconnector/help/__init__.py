"""The documents in docs/ as pages, and which of them explains a page."""
