"""Explanations of errors, in a module for each place that they come from."""
