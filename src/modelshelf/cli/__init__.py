"""The command line: one file per noun, one place that prints."""
