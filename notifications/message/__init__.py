"""A message: addresses, character sets, MIME, HTML to text. Knows neither Django nor the queue."""
