"""Where Modelshelf keeps its own things, and which names from outside may become paths."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from modelshelf.core.errors import InputError
from modelshelf.core.model import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

_APP = "modelshelf"
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\..*)?")
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")


@dataclass(frozen=True, slots=True)
class AppPaths:
    """The folders of one user's Modelshelf. `MODELSHELF_HOME` moves all of them into one."""

    config: Path
    data: Path
    logs: Path
    site_config: Path

    @property
    def settings_file(self) -> Path:
        """The TOML file with the settings, made for editing."""
        return self.config / "config.toml"

    @property
    def database(self) -> Path:
        """The SQLite database: what only the user knows, and indexes that can be rebuilt."""
        return self.data / "modelshelf.db"

    @property
    def policy_file(self) -> Path:
        """The administrator's rules for shared stores; usually absent."""
        return self.site_config / "policy.yaml"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> AppPaths:
        """Resolve the folders; creates none of them."""
        if home := environment.get("MODELSHELF_HOME"):
            root = Path(os.path.expanduser(home)).absolute()
            site = Path(environment.get("MODELSHELF_SITE_CONFIG") or root / "site")
            return cls(root / "config", root / "data", root / "logs", site)
        site = Path(
            environment.get("MODELSHELF_SITE_CONFIG") or platformdirs.site_config_path(_APP)
        )
        return cls(
            platformdirs.user_config_path(_APP),
            platformdirs.user_data_path(_APP),
            platformdirs.user_log_path(_APP),
            site,
        )


def shipped(name: str) -> Path:
    """Return the path of a file that ships with the program: `registry.yaml`, `resources/…`.

    In a wheel it lies inside the package, in a checkout at the root of the project.
    """
    package = Path(__file__).resolve().parent.parent
    inside = package / name
    return inside if inside.exists() else package.parent.parent / name


def safe_relative(name: str) -> str:
    """Return `name` when it may become a path below a folder of ours, else refuse it.

    The rules hold on every system alike, so that a cache can move between them: no empty, `.` or
    `..` segment, no absolute, drive, UNC or device name, no control or direction characters, no
    trailing dot or blank, at most 255 bytes a segment and 4,096 in all.

    Raises:
        InputError: naming what is wrong with the name.
    """
    reason = _why_unsafe(name)
    if reason:
        raise InputError(
            f"The file name “{printable(name, 80)}” is refused: {reason}.",
            hint="Nothing was written. Report the model to the Hub if it should be usable.",
        )
    return name


def _why_unsafe(name: str) -> str:
    if not name:
        return "it is empty"
    if len(name.encode("utf-8", "surrogatepass")) > 4096:
        return "it is too long"
    if unicodedata.normalize("NFC", name) != name:
        return "it is not in Unicode normal form"
    if "\\" in name or ":" in name:
        return "it holds a backslash or a colon"
    for character in name:
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in _BIDI:
            return "it holds control characters"
    for segment in name.split("/"):
        if segment in ("", ".", ".."):
            return "it leaves its folder"
        if len(segment.encode("utf-8")) > 255:
            return "a part of it is too long"
        if segment[-1] in ". ":
            return "a part of it ends with a dot or a blank"
        if _DEVICE.fullmatch(segment):
            return "a part of it is a device name"
    return ""


def is_within(path: Path, root: Path) -> bool:
    """Whether `path`, with every link resolved, lies inside `root`."""
    real, real_root = os.path.realpath(path), os.path.realpath(root)
    return real == real_root or real.startswith(real_root.rstrip(os.sep) + os.sep)
