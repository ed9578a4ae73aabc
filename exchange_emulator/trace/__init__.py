"""What becomes of each message after it was accepted: message trace and reports."""
