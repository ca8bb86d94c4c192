"""`policy.yaml`: what an administrator decides for a store that several people share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from modelshelf.core.files import read_bounded

_MAX_FILE = 256 << 10


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in force.

    `admins` None means that the file names none, or that there is none: then everybody at the
    machine is an administrator. `problem` is a sentence when the file exists but could not be
    understood: then nobody may delete, because the rule that was meant is unknown.
    """

    source: Path | None = None
    admins: tuple[str, ...] | None = None
    downloads_allowed: bool = True
    usage_folder: Path | None = None
    problem: str = ""

    @classmethod
    def load(cls, file: Path) -> Policy:
        """Read `file`; a missing one means no rules."""
        try:
            text = read_bounded(file, _MAX_FILE)
        except FileNotFoundError:
            return cls()
        except OSError as error:
            return cls(
                source=file,
                problem=f"The policy {file} could not be read: {error.strerror or error}.",
            )
        # Late: few machines have a policy, and YAML takes long to load.
        from modelshelf.core.yaml_reader import YamlError, read_yaml  # noqa: PLC0415

        try:
            tree = read_yaml(text, max_bytes=_MAX_FILE).root
            if not isinstance(tree, dict):
                raise ValueError("it is not a mapping")
            return cls._from_tree(file, cast("dict[str, object]", tree))
        except (YamlError, ValueError) as error:
            return cls(source=file, problem=f"The policy {file} could not be understood: {error}.")

    @classmethod
    def _from_tree(cls, file: Path, tree: dict[str, object]) -> Policy:
        known = {"admins", "downloads_allowed", "usage_folder"}
        if unknown := [key for key in tree if key not in known]:
            raise ValueError(f"unknown entries: {', '.join(unknown)}")
        names = _names(tree["admins"]) if "admins" in tree else None
        allowed = tree.get("downloads_allowed", True)
        folder = tree.get("usage_folder")
        if not isinstance(allowed, bool):
            raise ValueError("downloads_allowed is not true or false")
        if folder is not None and not (isinstance(folder, str) and Path(folder).is_absolute()):
            raise ValueError("usage_folder is not an absolute path")
        return cls(
            source=file,
            admins=names,
            downloads_allowed=allowed,
            usage_folder=Path(folder) if folder else None,
        )

    def is_admin(self, user: str, groups: frozenset[str]) -> bool:
        """Whether `user`, member of `groups`, may delete in shared stores."""
        if self.problem:
            return False
        return self.admins is None or any(n == user or n in groups for n in self.admins)


def _names(admins: object) -> tuple[str, ...]:
    if not isinstance(admins, list):
        raise ValueError("admins is not a list")
    names = cast("list[object]", admins)
    if not all(isinstance(name, str) for name in names):
        raise ValueError("admins holds something other than names")
    return tuple(str(name) for name in names)
