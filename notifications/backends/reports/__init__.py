"""Reports of what became of a message: delivery status notifications (RFC 3464)."""
