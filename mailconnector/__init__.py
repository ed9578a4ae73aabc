"""The site: settings, environment, processes and navigation."""
