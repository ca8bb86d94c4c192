"""Bounded readers of untrusted files: bytes in, frozen facts out."""
