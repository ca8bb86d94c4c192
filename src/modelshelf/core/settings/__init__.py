"""Settings declared once, kept in a TOML file a person can edit; and the administrator's policy."""

from modelshelf.core.settings.declared import DECLARED, Declared, Environment
from modelshelf.core.settings.person import Person
from modelshelf.core.settings.policy import Policy
from modelshelf.core.settings.process import load_settings
from modelshelf.core.settings.settings import Settings

__all__ = ["DECLARED", "Declared", "Environment", "Person", "Policy", "Settings", "load_settings"]
