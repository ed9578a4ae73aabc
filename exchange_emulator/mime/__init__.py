"""Read, edit and compose internet messages (RFC 5322, RFC 2045 and following)."""
