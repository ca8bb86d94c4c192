"""What lists look like: pure rectangles first, then paint."""
