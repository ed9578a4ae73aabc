"""Administration > Alarms: the channels and the heartbeat."""
