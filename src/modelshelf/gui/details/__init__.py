"""The panel beside the list: everything about one model."""
