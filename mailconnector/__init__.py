"""The site: settings, environment, processes and navigation."""

__version__ = "0.1.0"
