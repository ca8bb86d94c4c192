"""The settings in force: environment first, then the file, then the declared default."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from modelshelf.core.errors import InputError, NotFoundError, PermissionRefusedError, RegistryError
from modelshelf.core.files import read_bounded, replace_file
from modelshelf.core.model import printable
from modelshelf.core.settings.declared import (
    DECLARED,
    DEFAULT_ENDPOINT,
    Declared,
    Environment,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelshelf.core.paths import AppPaths

_MAX_FILE = 1 << 20
_MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Settings:
    """One immutable reading; `with_value` makes the next one.

    `problems` are sentences about entries of the file that were not understood; the defaults hold
    in their place, so a typing error never keeps the program from starting. `changed` are the keys
    that were changed since the file was read: only those are ever written.
    """

    paths: AppPaths
    environment: Environment
    values: Mapping[str, Value]
    problems: tuple[str, ...] = ()
    changed: frozenset[str] = frozenset()

    @classmethod
    def load(cls, paths: AppPaths, environment: Environment) -> Settings:
        """Read the settings file; a missing one means all defaults."""
        try:
            text = read_bounded(paths.settings_file, _MAX_FILE).decode()
            tree = tomllib.loads(text)
        except FileNotFoundError:
            return cls(paths, environment, {})
        except (OSError, ValueError, RecursionError) as error:
            # ValueError is more than bad TOML or UTF-8: a number of ten thousand digits is one.
            problem = f"The settings file {paths.settings_file} could not be read: {error}."
            return cls(paths, environment, {}, (problem,))
        values: dict[str, Value] = {}
        problems: list[str] = []
        for key, value in _flatten(tree):
            try:
                values[key] = declared(key).check(value)
            except (InputError, NotFoundError) as error:
                problems.append(f"{paths.settings_file.name}: {error.message} {error.hint}")
        if len(problems) > _MOST_PROBLEMS:
            rest = len(problems) - _MOST_PROBLEMS
            problems[_MOST_PROBLEMS:] = [f"{paths.settings_file.name}: {rest} more problems."]
        return cls(paths, environment, values, tuple(problems))

    def __getitem__(self, key: str) -> Value:
        return self.values.get(key, DECLARED[key].default)

    def text(self, key: str) -> str:
        """The value of a text setting."""
        return str(self[key])

    def number(self, key: str) -> int:
        """The value of a number setting."""
        return cast("int", self[key])

    def flag(self, key: str) -> bool:
        """The value of a yes-or-no setting."""
        return bool(self[key])

    @property
    def endpoint(self) -> str:
        """The Hub to talk to, without a trailing slash."""
        named = self.environment.endpoint or self.text("network.endpoint").rstrip("/")
        return named or DEFAULT_ENDPOINT

    @property
    def is_offline(self) -> bool:
        """Whether the user or the environment wants no network."""
        return self.environment.offline or self.flag("network.offline")

    @property
    def stores(self) -> tuple[Path, ...]:
        """Folders in the Hugging Face cache layout, without doubles; the first takes downloads.

        In order: the configured ones, `MODELS_DIR`, the Hugging Face cache, and the visible
        `models/hub` of the folder the program was started in, when it exists.
        """
        configured = cast("tuple[str, ...]", self["storage.locations"])
        found = [Path(os.path.expanduser(entry)).absolute() for entry in configured]
        if self.environment.models_dir:
            found.append(self.environment.models_dir)
        if self.environment.hub_cache:
            found.append(self.environment.hub_cache)
        if self.environment.project_folder:
            visible = self.environment.project_folder / "models" / "hub"
            # Not Path.is_dir, which raises below a folder that this user may not enter.
            if os.path.isdir(visible):
                found.append(visible)
        return tuple(dict.fromkeys(found))

    @property
    def default_embedding_model(self) -> str:
        """The default embedding model, or an empty text."""
        return self.environment.default_embedding_model or self.text("defaults.embedding_model")

    def with_value(self, key: str, value: Value) -> Settings:
        """Return settings in which `key` has `value`; nothing is written yet."""
        values = {**self.values, key: declared(key).check(value)}
        return replace(self, values=values, changed=self.changed | {key})

    def without(self, key: str) -> Settings:
        """Return settings in which `key` has its default again."""
        declared(key)
        values = {k: v for k, v in self.values.items() if k != key}
        return replace(self, values=values, changed=self.changed | {key})

    def save(self) -> None:
        """Write what was changed, keeping everything else in the file: comments, entries unknown
        here, and what another process wrote meanwhile.

        Raises:
            PermissionRefusedError: when the folder cannot be written.
            RegistryError: when the file on disk is not TOML; it is left as it is.
        """
        # Late: reading needs no writer of TOML, and every start would wait for it to load.
        import tomlkit  # noqa: PLC0415
        import tomlkit.exceptions  # noqa: PLC0415

        # Through a link, as people have who keep their settings in a repository.
        file = Path(os.path.realpath(self.paths.settings_file))
        mode = 0o644
        try:
            text = ""
            if file.exists():
                text = read_bounded(file, _MAX_FILE).decode()
                mode = stat.S_IMODE(file.stat().st_mode)
            document: Any = tomlkit.parse(text)
        except (OSError, ValueError, RecursionError, tomlkit.exceptions.TOMLKitError) as error:
            raise RegistryError(
                f"The settings file {file} could not be read, so it was not changed: {error}.",
                hint="Mend or remove the file, then try again.",
            ) from error
        for key in sorted(self.changed):
            _put(document, key, self.values.get(key))
        try:
            replace_file(file, tomlkit.dumps(document).encode(), mode=mode)
        except OSError as error:
            raise PermissionRefusedError(
                f"The settings could not be saved to {file}: {error.strerror}.",
                hint="Check the folder's permissions and the free space.",
            ) from error


def _put(document: Any, key: str, value: Value | None) -> None:
    section, name = key.split(".")
    table = document.get(section)
    if value is None:
        if isinstance(table, MutableMapping):
            cast("MutableMapping[str, object]", table).pop(name, None)
        return
    if not isinstance(table, MutableMapping):
        # A person wrote a value where a section belongs; it meant nothing.
        document[section] = {}
    document[section][name] = list(value) if isinstance(value, tuple) else value


def declared(key: str) -> Declared:
    """Return the declaration of `key`.

    Raises:
        NotFoundError: naming the settings that exist.
    """
    try:
        return DECLARED[key]
    except KeyError:
        raise NotFoundError(
            f"There is no setting “{printable(key, 80)}”.",
            hint=f"The settings are: {', '.join(DECLARED)}.",
        ) from None


def _flatten(tree: Mapping[str, Any]) -> list[tuple[str, object]]:
    flat: list[tuple[str, object]] = []
    for section, content in tree.items():
        if isinstance(content, dict):
            entries = cast("dict[str, object]", content)
            flat.extend((f"{section}.{name}", value) for name, value in entries.items())
        else:
            flat.append((section, content))
    return flat
