"""What somebody asks to have: the model, the revision and which of its files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from modelshelf.core.errors import FormatError, InputError
from modelshelf.core.model import ModelId, parse_model_id, parse_revision


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """A download as asked for; a job keeps it as JSON and can be planned from it again.

    `variant` names the weights to take (`safetensors`, `Q4_K_M`). `include` and `exclude` are
    globs over whole paths, as huggingface_hub matches them; with `include` no format is left out
    unless `variant` says so. `everything` takes all files. `store` None means the first store of
    the settings.
    """

    model_id: ModelId
    revision: str = "main"
    variant: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    everything: bool = False
    store: Path | None = None

    def to_json(self) -> str:
        """Return a text that is equal for equal requests."""
        tree = {
            "model_id": self.model_id,
            "revision": self.revision,
            "variant": self.variant,
            "include": list(self.include),
            "exclude": list(self.exclude),
            "everything": self.everything,
            "store": str(self.store) if self.store else None,
        }
        return json.dumps(tree, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> DownloadRequest:
        """Read what `to_json` wrote.

        Raises:
            FormatError: when `text` is not that, for example from a damaged database.
        """
        try:
            tree = cast("dict[str, Any]", json.loads(text))
            return cls(
                model_id=parse_model_id(tree["model_id"]),
                revision=parse_revision(tree["revision"]),
                variant=None if tree["variant"] is None else str(tree["variant"]),
                include=tuple(map(str, tree["include"])),
                exclude=tuple(map(str, tree["exclude"])),
                everything=bool(tree["everything"]),
                store=Path(tree["store"]) if tree["store"] else None,
            )
        except (ValueError, KeyError, TypeError, AttributeError, InputError) as error:
            raise FormatError(
                "The record of this download could not be read.",
                hint="Start the download again; the bytes that are here are used.",
                details=repr(error),
            ) from error
