"""The settings that this process runs under."""

from __future__ import annotations

import os
from pathlib import Path

from modelshelf.core.paths import AppPaths
from modelshelf.core.settings.declared import Environment
from modelshelf.core.settings.settings import Settings


def load_settings() -> Settings:
    """Read the settings this process runs under; nothing is written."""
    paths = AppPaths.from_environment(os.environ)
    return Settings.load(paths, Environment.from_mapping(os.environ, _working_folder()))


def _working_folder() -> Path:
    try:
        return Path.cwd()
    except OSError:
        # It was removed while the shell was in it; a project's own store cannot be there.
        return Path(os.sep)
