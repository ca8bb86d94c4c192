"""Every setting with its type, default and sentence; and what the environment decides instead."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from modelshelf.core.errors import InputError
from modelshelf.core.model import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = str | int | bool | tuple[str, ...]

DEFAULT_ENDPOINT = "https://huggingface.co"


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting. `choices` bound a text, `minimum` and `maximum` a number (0 means no bound)."""

    key: str
    default: Value
    sentence: str
    choices: tuple[str, ...] = ()
    minimum: int = 0
    maximum: int = 0

    def parse(self, text: str) -> Value:
        """Read `text` as typed on a command line.

        Raises:
            InputError: when it is no value of this setting.
        """
        match self.default:
            case bool():
                lowered = text.strip().lower()
                if lowered in ("true", "yes", "on", "1"):
                    return True
                if lowered in ("false", "no", "off", "0"):
                    return False
                raise self._refusal(text, "Use true or false.")
            case int():
                try:
                    return self.check(int(text))
                except ValueError:
                    raise self._refusal(text, "Use a whole number.") from None
            case tuple():
                return self.check(tuple(p for p in text.split(os.pathsep) if p))
            case str():
                return self.check(text)

    def check(self, value: object) -> Value:
        """Return `value` when it is of this setting's type and within its bounds.

        Raises:
            InputError: otherwise.
        """
        if isinstance(self.default, tuple):
            parts = cast("list[object]", value) if isinstance(value, list | tuple) else [None]
            if all(isinstance(part, str) and part and "\x00" not in part for part in parts):
                return tuple(str(part) for part in parts)
            raise self._refusal(parts, "Use a list of texts.")
        if isinstance(self.default, bool) or isinstance(value, bool):
            if isinstance(self.default, bool) and isinstance(value, bool):
                return value
            raise self._refusal(value, "Use true or false.")
        if isinstance(self.default, int):
            if not isinstance(value, int):
                raise self._refusal(value, "Use a whole number.")
            if value < self.minimum or (self.maximum and value > self.maximum):
                raise self._refusal(value, f"Use {self.minimum} to {self.maximum}.")
            return value
        if not isinstance(value, str) or "\x00" in value:
            raise self._refusal(value, "Use a text.")
        if self.choices and value not in self.choices:
            raise self._refusal(value, f"Use one of: {', '.join(self.choices)}.")
        return value

    def _refusal(self, value: object, hint: str) -> InputError:
        return InputError(f"{printable(repr(value), 80)} is no value for {self.key}.", hint=hint)


DECLARED: dict[str, Declared] = {
    setting.key: setting
    for setting in (
        Declared(
            "storage.locations",
            (),
            "Folders with models; the first takes downloads. Empty means the Hugging Face cache",
        ),
        Declared(
            "network.endpoint", "", "The Hub or mirror to talk to; empty means the Hub itself"
        ),
        Declared(
            "network.connections",
            16,
            "Connections for all downloads together",
            minimum=1,
            maximum=64,
        ),
        Declared("network.offline", False, "Stay offline: never talk to the Hub"),
        Declared(
            "downloads.parallel",
            3,
            "Models downloaded at the same time",
            minimum=1,
            maximum=16,
        ),
        Declared(
            "downloads.on_close",
            "ask",
            "What to do with running downloads when the window closes",
            choices=("ask", "tray", "pause", "stop"),
        ),
        Declared(
            "appearance.theme",
            "system",
            "Light, dark, or as the system says",
            choices=("system", "light", "dark"),
        ),
        Declared("appearance.reduced_motion", False, "Show no animations"),
        Declared(
            "defaults.embedding_model",
            "",
            "The embedding model used where none is named (DEFAULT_EMBEDDING_MODEL decides first)",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Environment:
    """What the process environment decides, read once at start. It wins over the settings file."""

    endpoint: str | None = None
    hub_cache: Path | None = None
    offline: bool = False
    models_dir: Path | None = None
    default_embedding_model: str | None = None
    project_folder: Path | None = None

    @classmethod
    def from_mapping(cls, environment: Mapping[str, str], project_folder: Path) -> Environment:
        """Read the variables as huggingface_hub does, and `MODELS_DIR` beside them.

        A variable that is set to nothing counts as not set; huggingface_hub would then use the
        folder the program happens to run in. `~` and `$NAME` are those of this process.
        """
        models_dir = environment.get("MODELS_DIR")
        offline = environment.get("HF_HUB_OFFLINE") or environment.get("TRANSFORMERS_OFFLINE") or ""
        return cls(
            endpoint=(environment.get("HF_ENDPOINT") or "").rstrip("/") or None,
            hub_cache=_hub_cache(environment),
            offline=offline.upper() in ("1", "ON", "YES", "TRUE"),
            models_dir=_folder(models_dir) if models_dir else None,
            default_embedding_model=environment.get("DEFAULT_EMBEDDING_MODEL") or None,
            project_folder=project_folder,
        )


def _hub_cache(environment: Mapping[str, str]) -> Path:
    if named := environment.get("HF_HUB_CACHE") or environment.get("HUGGINGFACE_HUB_CACHE"):
        return _folder(named)
    if home := environment.get("HF_HOME"):
        return _folder(home) / "hub"
    return _folder(environment.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface" / "hub"


def _folder(text: str) -> Path:
    return Path(os.path.expandvars(os.path.expanduser(text))).absolute()
