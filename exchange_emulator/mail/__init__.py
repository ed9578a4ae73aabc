"""Do with mail what Exchange does, whatever API it came through."""
