"""The curated registry: `registry.yaml`, checked as a whole before any of it is used."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, cast

from modelshelf.core.catalogue import fields
from modelshelf.core.catalogue.facts import DTYPE_BITS, RegistryEntry, Tested, WeightFacts
from modelshelf.core.catalogue.fields import Fields, Problems
from modelshelf.core.errors import RegistryError
from modelshelf.core.files import read_bounded
from modelshelf.core.formats.config import MAX_PROMPT, POOLINGS
from modelshelf.core.model import ModelId, ModelType
from modelshelf.core.yaml_reader import YamlDocument, YamlError, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["CAPABILITIES", "Registry", "RegistryEntry", "Tested", "WeightFacts", "load_registry"]

CAPABILITIES = frozenset(
    {
        "base",
        "captions",
        "chat",
        "code",
        "hybrid-search",
        "instruction",
        "interpretability",
        "long-context",
        "math",
        "multilingual",
        "reasoning",
        "reranking",
        "search",
        "similarity",
        "tools",
        "vision",
    }
)
"""The words a registry entry may use for what a model can do."""

_VERSION = 1
_MAX_FILE = 2_000_000
_MAX_PROBLEMS = 20
_HINT = "Reinstall Modelshelf, or mend the file if you edited it."


class Registry:
    """The entries in the order of the file, which is the recommended one."""

    def __init__(self, entries: Iterable[RegistryEntry] = ()) -> None:
        self.entries = tuple(entries)
        self.by_id: dict[ModelId, RegistryEntry] = {entry.id: entry for entry in self.entries}
        self._by_word: dict[str, RegistryEntry] = {}
        for entry in self.entries:
            for word in (entry.id, *entry.aliases, entry.name):
                self._by_word.setdefault(word.casefold(), entry)

    def resolve(self, text: str) -> RegistryEntry | None:
        """Return the entry with this id, alias or name, in whatever case; None when none has."""
        return self._by_word.get(text.strip().casefold())


def load_registry(path: Path) -> Registry:
    """Read and check `path`.

    Raises:
        RegistryError: when it cannot be read or anything in it is wrong. The message has one line
            for each of the first 20 problems: `registry.yaml, line 214: dimensions must be …`.
    """
    try:
        document = read_yaml(read_bounded(path, _MAX_FILE), max_bytes=_MAX_FILE)
    except OSError as error:
        reason = error.strerror or "it is too large or no regular file"
        raise RegistryError(
            f"{path.name} could not be read: {reason}.", hint=_HINT, details=str(path)
        ) from error
    except YamlError as error:
        raise _refused(path, [(error.line, f"{error.sentence}.")]) from error
    problems = Problems()
    entries = _entries(document, problems)
    if problems:
        raise _refused(path, problems.in_order())
    return Registry(entries)


def _refused(path: Path, problems: Iterable[tuple[int | None, str]]) -> RegistryError:
    lines = [
        f"{path.name}, line {line}: {sentence}" if line else f"{path.name}: {sentence}"
        for line, sentence in problems
    ]
    if (more := len(lines) - _MAX_PROBLEMS) > 0:
        lines[_MAX_PROBLEMS:] = [f"{path.name} has {more} more problems."]
    return RegistryError("\n".join(lines), hint=_HINT, details=str(path))


def _entries(document: YamlDocument, problems: Problems) -> list[RegistryEntry]:
    if not isinstance(document.root, dict):
        problems.add(1, "this is no registry: a mapping with version and models is needed.")
        return []
    top = Fields(document, (), problems, "registry")
    version = top.need("version", fields.whole(1, 10**6), 0)
    if version > _VERSION:
        top.fault("version", f"version {version} needs a newer Modelshelf.")
        return []
    models = top.need("models", _models, [])
    top.finish()
    entries: list[RegistryEntry] = []
    taken: dict[str, int] = {}
    for number, model in enumerate(models):
        path = ("models", number)
        if not isinstance(model, dict):
            problems.add(
                document.line(*path), f"a model must be a mapping, not {fields.shown(model)}."
            )
            continue
        reader = Fields(document, path, problems, "model")
        entry = _entry(document, reader, problems, path)
        _claim_words(document, entry, reader, path, taken)
        if reader.sound:
            entries.append(entry)
    return entries


def _models(value: object) -> list[object]:
    if not isinstance(value, list) or not value:
        raise fields.Unfit("a list of models", "an empty one" if value == [] else "")
    return cast("list[object]", value)


def _claim_words(
    document: YamlDocument,
    entry: RegistryEntry,
    reader: Fields,
    path: tuple[str | int, ...],
    taken: dict[str, int],
) -> None:
    """Refuse an id or alias that another model, or the same one, already has."""
    for key, word in [("id", entry.id), *(("aliases", alias) for alias in entry.aliases)]:
        if not word:
            continue
        first = taken.setdefault(word.casefold(), document.line(*path, key))
        if first != document.line(*path, key):
            reader.fault(key, f"“{word}” already names the model in line {first}.")


_text = fields.line_of_text
_count = partial(fields.whole, 1)
_words = fields.list_of(
    fields.one_of(CAPABILITIES), 20, f"these words: {', '.join(sorted(CAPABILITIES))}"
)
_aliases = fields.list_of(
    fields.matching(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?", "a short word"),
    10,
    "short lower-case words",
)
_languages = fields.list_of(
    fields.matching(r"multilingual|[a-z]{2,3}(?:-[A-Za-z]{2,8})?", "a language code"),
    120,
    "language codes like en",
)


def _entry(
    document: YamlDocument, reader: Fields, problems: Problems, path: tuple[str | int, ...]
) -> RegistryEntry:
    model_type = reader.need("type", fields.one_of(ModelType), ModelType.OTHER.value)
    parameters = reader.take("parameters", _count(10**14), None)
    active = reader.take("active_parameters", _count(10**14), None)
    if active is not None and (parameters is None or active > parameters):
        reader.fault("active_parameters", "active_parameters must not exceed parameters.")
    entry = RegistryEntry(
        id=reader.need("id", fields.model_id, ModelId("")),
        aliases=reader.take("aliases", _aliases, ()),
        name=reader.need("name", _text(100), ""),
        team=reader.need("team", _text(100), ""),
        type=ModelType(model_type),
        family=reader.need("family", _text(60), ""),
        description=reader.need("description", _text(300), ""),
        licence=reader.take("licence", _text(100), None),
        gated=reader.need("gated", fields.truth, False),
        languages=reader.take("languages", _languages, ()),
        capabilities=reader.take("capabilities", _words, ()),
        link=reader.need("link", fields.https_link, ""),
        added=reader.need("added", fields.day, date.min),
        tested=_tested(document, reader, problems, path),
        parameters=parameters,
        active_parameters=active,
        dimensions=reader.take("dimensions", _count(65_536), None),
        context=reader.take("context", _count(100_000_000), None),
        pooling=reader.take("pooling", fields.one_of(POOLINGS), None),
        query_prefix=reader.take("query_prefix", fields.prompt(MAX_PROMPT), ""),
        document_prefix=reader.take("document_prefix", fields.prompt(MAX_PROMPT), ""),
        instruction=reader.take("instruction", fields.prompt(MAX_PROMPT), ""),
        weights=_weights(document, reader, problems, path),
        variant=reader.take("variant", _text(40), None),
    )
    reader.finish()
    return entry


def _mapping(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise fields.Unfit("a mapping")
    return cast("dict[str, object]", value)


def _tested(
    document: YamlDocument, reader: Fields, problems: Problems, path: tuple[str | int, ...]
) -> Tested | None:
    def check(value: object) -> bool:
        if value is not False and not isinstance(value, dict):
            raise fields.Unfit("false, or who tested it and when")
        return value is not False

    if not reader.take("tested", check, False):
        return None
    inner = Fields(document, (*path, "tested"), problems, "test")
    tested = Tested(inner.need("by", _text(100), ""), inner.need("on", fields.day, date.min))
    inner.finish()
    return tested


def _weights(
    document: YamlDocument, reader: Fields, problems: Problems, path: tuple[str | int, ...]
) -> WeightFacts | None:
    if reader.take("weights", _mapping, None) is None:
        return None
    inner = Fields(document, (*path, "weights"), problems, "weights entry")
    size = _count(10**9)
    weights = WeightFacts(
        dtype=inner.need("dtype", fields.one_of(DTYPE_BITS), "float32"),
        layers=inner.take("layers", size, None),
        hidden=inner.take("hidden", size, None),
        heads=inner.take("heads", size, None),
        kv_heads=inner.take("kv_heads", size, None),
        head_dim=inner.take("head_dim", size, None),
        intermediate=inner.take("intermediate", size, None),
        vocabulary=inner.take("vocabulary", size, None),
        experts=inner.take("experts", size, None),
        experts_per_token=inner.take("experts_per_token", size, None),
        expert_intermediate=inner.take("expert_intermediate", size, None),
        stored_bytes=inner.take("stored_bytes", _count(10**14), None),
    )
    inner.finish()
    return weights
