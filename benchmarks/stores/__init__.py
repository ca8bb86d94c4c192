"""Measurements of the stores."""
