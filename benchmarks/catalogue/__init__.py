"""Measurements of the catalogue."""
