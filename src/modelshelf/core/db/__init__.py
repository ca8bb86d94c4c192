"""The local database: what only the user knows, and indexes that a scan rebuilds."""
