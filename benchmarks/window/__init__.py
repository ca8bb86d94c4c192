"""Measurements of the window."""
