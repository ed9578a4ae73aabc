"""What Exchange does with mail, whatever API it came through."""
