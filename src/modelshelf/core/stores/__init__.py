"""Places on disk where models live, and the inventory that joins them."""
