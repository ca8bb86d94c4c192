"""Who uses a model: collections, preferences, processes, other people."""
