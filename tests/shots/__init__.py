"""Pictures of every page and dialog for a person to look at."""
