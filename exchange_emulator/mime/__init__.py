"""Internet messages (RFC 5322, RFC 2045 and following): read, edited, composed."""
