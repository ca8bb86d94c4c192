"""Who uses a model: the user's own references, other people's, and running programs."""
