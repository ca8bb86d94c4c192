"""A small server that speaks the Hub's protocol over a dozen small real models."""
