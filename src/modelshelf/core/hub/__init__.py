"""The Hugging Face Hub: the only place that knows its field names."""
