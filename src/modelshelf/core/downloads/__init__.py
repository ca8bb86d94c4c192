"""From a request to verified files under their final names."""
