"""The audit trail's rows: what an act is, and the events that tell of one."""
