"""Registry, custom models and what is on disk, joined into one list."""
