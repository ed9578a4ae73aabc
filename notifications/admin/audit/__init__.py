"""Administration > Audit trail."""
