"""What enters the queue: who may, what is checked, and how it gets into the table."""
