"""The engine of the queue: what is due is sent at the pace of its mailbox, and what came of it is
recorded."""
