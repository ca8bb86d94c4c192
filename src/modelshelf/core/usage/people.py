"""What the people who share a machine use: each publishes a small file, all read them.

The folder is named by the administrator's policy. A file that cannot be read or understood is
not "uses nothing" but "unknown", and is said so.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from modelshelf.core.errors import InputError, PermissionRefusedError
from modelshelf.core.files import read_bounded, replace_file
from modelshelf.core.model import ModelId, Role, parse_model_id, printable
from modelshelf.core.paths import safe_relative
from modelshelf.core.usage.collections import CollectionModel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from modelshelf.core.settings import Policy

_FORMAT = 1
_FOR_EVERYBODY = 0o644
_SUFFIX = ".json"
_LARGEST_FILE = 1 << 20
_MOST_PEOPLE = 1000
_MOST_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class PersonUsage:
    """What one person's collections and defaults refer to."""

    user: str
    collections: Mapping[str, tuple[CollectionModel, ...]]
    preferences: Mapping[Role, ModelId]
    tiers: Mapping[str, ModelId]
    default_embedding_model: ModelId | None

    def as_json(self) -> dict[str, object]:
        """Return what is published: names and model ids, nothing else."""
        return {
            "modelshelf_usage": _FORMAT,
            "user": self.user,
            "collections": {
                name: [{"id": m.model_id, "role": m.role.value} for m in models]
                for name, models in self.collections.items()
            },
            "preferences": {role.value: model_id for role, model_id in self.preferences.items()},
            "tiers": dict(self.tiers),
            "default_embedding_model": self.default_embedding_model,
        }


@dataclass(frozen=True, slots=True)
class Others:
    """What could be learnt of the others. `unknown` are the people whose file says nothing."""

    people: tuple[PersonUsage, ...] = ()
    unknown: tuple[str, ...] = ()


def publish(policy: Policy, mine: PersonUsage) -> None:
    """Let the others see what `mine.user` uses; nothing happens without a folder in the policy.

    Raises:
        PermissionRefusedError: when the folder cannot be written.
    """
    folder = policy.usage_folder
    if folder is None:
        return
    content = json.dumps(mine.as_json(), ensure_ascii=False, indent=1).encode()
    try:
        # Made by the administrator for everybody: one made here would be writable by us alone.
        if not folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        file = folder / safe_relative(f"{mine.user}{_SUFFIX}")
        if not _is_up_to_date(file, content):
            replace_file(file, content)
            # The umask may have hidden it from the very people it is for.
            os.chmod(file, _FOR_EVERYBODY)
    except OSError as error:
        raise PermissionRefusedError(
            f"The others cannot be told which models you use: {folder} could not be written "
            f"({error.strerror or error}).",
            hint="Ask the administrator to let everybody write in that folder.",
        ) from error


def others(policy: Policy, me: str) -> Others:
    """Read what everybody but `me` published."""
    folder = policy.usage_folder
    if folder is None:
        return Others()
    try:
        names = sorted(name for name in os.listdir(folder) if _is_published(name))
    except OSError:
        return Others(unknown=(f"everybody who publishes in {folder}",))
    people: list[PersonUsage] = []
    unknown: list[str] = []
    for name in names[:_MOST_PEOPLE]:
        user = name.removesuffix(_SUFFIX)
        if user == me:
            continue
        try:
            people.append(_parse(user, read_bounded(folder / name, _LARGEST_FILE)))
        except (OSError, ValueError, KeyError, InputError, RecursionError):
            unknown.append(printable(user, 80))
    if len(names) > _MOST_PEOPLE:
        unknown.append(f"{len(names) - _MOST_PEOPLE} more people")
    return Others(tuple(people), tuple(unknown))


def _is_up_to_date(file: Path, content: bytes) -> bool:
    try:
        readable = stat.S_IMODE(file.stat().st_mode) & _FOR_EVERYBODY == _FOR_EVERYBODY
        return readable and read_bounded(file, _LARGEST_FILE) == content
    except OSError:
        return False


def _is_published(name: str) -> bool:
    # A dot in front marks a file that is being written.
    return name.endswith(_SUFFIX) and not name.startswith(".")


def _parse(user: str, content: bytes) -> PersonUsage:
    tree = _mapping(json.loads(content))
    if tree.get("modelshelf_usage") != _FORMAT:
        raise ValueError("another format")
    collections = {
        _name(name): tuple(
            CollectionModel(_model(_mapping(one)["id"]), Role(str(_mapping(one)["role"])))
            for one in _list(models)
        )
        for name, models in _mapping(tree["collections"]).items()
    }
    default = tree["default_embedding_model"]
    return PersonUsage(
        user=printable(user, 80),
        collections=collections,
        preferences={Role(r): _model(m) for r, m in _mapping(tree["preferences"]).items()},
        tiers={_name(tier): _model(m) for tier, m in _mapping(tree["tiers"]).items()},
        default_embedding_model=None if default is None else _model(default),
    )


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or len(cast("dict[str, Any]", value)) > _MOST_ENTRIES:
        raise ValueError("not a mapping of bearable size")
    return cast("dict[str, Any]", value)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(cast("list[Any]", value)) > _MOST_ENTRIES:
        raise ValueError("not a list of bearable size")
    return cast("list[Any]", value)


def _model(value: Any) -> ModelId:
    if not isinstance(value, str):
        raise ValueError("not a model id")
    return parse_model_id(value)


def _name(value: str) -> str:
    if not value.isprintable() or len(value) > 80:
        raise ValueError("not a name")
    return value
