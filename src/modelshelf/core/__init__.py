"""The domain: models, stores, downloads, usage. Knows no window and no terminal."""
