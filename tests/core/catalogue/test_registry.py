"""The registry: whole or refused, with every problem and its line."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelshelf.core.catalogue import facts
from modelshelf.core.catalogue.registry import Registry, WeightFacts, load_registry
from modelshelf.core.errors import ErrorCode, RegistryError
from modelshelf.core.model import ModelId, ModelType
from modelshelf.core.paths import shipped

BGE = """\
  - id: BAAI/bge-small-en-v1.5
    aliases: [bge-small]
    name: BGE small en v1.5
    team: BAAI
    type: embedding
    family: bge
    description: Small English encoder, strong for its size
    parameters: 33360000
    dimensions: 384
    context: 512
    pooling: cls
    query_prefix: "Represent this: "
    licence: MIT
    gated: false
    languages: [en, no]
    capabilities: [search]
    link: https://huggingface.co/BAAI/bge-small-en-v1.5
    weights: {dtype: float32, layers: 12, hidden: 384, heads: 12, kv_heads: 12, head_dim: 32}
    tested: {by: Ada, on: 2026-11-01}
    added: 2026-11-20
"""
GPT2 = """\
  - id: openai-community/gpt2
    name: GPT-2
    team: OpenAI
    type: llm
    family: gpt2
    description: Small, old and well understood
    gated: false
    link: https://huggingface.co/openai-community/gpt2
    tested: false
    added: 2026-11-20
"""
WHOLE = f"version: 1\nmodels:\n{BGE}{GPT2}"

Load = Callable[[str], Registry]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Write a text as registry.yaml and load it."""

    def write_and_load(text: str) -> Registry:
        path = tmp_path / "registry.yaml"
        path.write_text(text, encoding="utf-8")
        return load_registry(path)

    return write_and_load


def problems(load: Load, text: str) -> list[str]:
    with pytest.raises(RegistryError) as caught:
        load(text)
    assert caught.value.code is ErrorCode.REGISTRY
    assert caught.value.hint
    return caught.value.message.split("\n")


def test_every_figure_arrives(load: Load):
    registry = load(WHOLE)
    bge, gpt2 = registry.entries
    assert bge.id == "BAAI/bge-small-en-v1.5"
    assert bge.type is ModelType.EMBEDDING
    assert (bge.name, bge.team, bge.family) == ("BGE small en v1.5", "BAAI", "bge")
    assert (bge.parameters, bge.dimensions, bge.context) == (33_360_000, 384, 512)
    assert (bge.pooling, bge.query_prefix, bge.document_prefix) == ("cls", "Represent this: ", "")
    assert bge.languages == ("en", "no")
    assert bge.weights == WeightFacts("float32", 12, 384, 12, 12, 32)
    assert bge.tested == facts.Tested("Ada", date(2026, 11, 1))
    assert bge.added == date(2026, 11, 20)
    assert bge.size_bytes == 133_440_000
    assert registry.by_id[ModelId("openai-community/gpt2")] is gpt2
    assert gpt2.tested is None


def test_what_is_not_in_the_file_is_unknown(load: Load):
    gpt2 = load(WHOLE).entries[1]
    assert (gpt2.parameters, gpt2.context, gpt2.licence, gpt2.weights) == (None,) * 4
    assert gpt2.size_bytes is None


def test_a_variant_weighs_what_only_its_file_tells(load: Load):
    text = WHOLE.replace("    tested: {by", "    variant: Q4_K_M\n    tested: {by")
    assert load(text).entries[0].variant == "Q4_K_M"
    assert load(text).entries[0].size_bytes is None


@pytest.mark.parametrize(
    "text", ["BAAI/bge-small-en-v1.5", "baai/BGE-SMALL-en-v1.5", "bge-small", " BGE Small EN v1.5 "]
)
def test_a_model_is_found_by_id_alias_and_name(load: Load, text: str):
    found = load(WHOLE).resolve(text)
    assert found is not None
    assert found.family == "bge"


def test_nobody_is_found_by_a_word_that_names_nobody(load: Load):
    assert load(WHOLE).resolve("bge-large") is None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("384", "many", "line 11: dimensions must be a whole number, not “many”."),
        ("384", "-4", "line 11: dimensions must be between 1 and 65,536, not -4."),
        ("384", "true", "line 11: dimensions must be a whole number, not true."),
        ("384", "", "line 11: dimensions must be a whole number, not nothing."),
        ("384", "[1]", "line 11: dimensions must be a whole number, not a list."),
        ("cls", "max", "line 13: pooling must be one of cls, last, mean, not “max”."),
        (
            "type: embedding",
            "type: encoder",
            "line 7: type must be one of caption, embedding, llm, other, reranker, splade, "
            "not “encoder”.",
        ),
        (
            "    dimensions",
            "    dimension",
            "line 11: “dimension” is not an entry of a model; did you mean “dimensions”?",
        ),
        (
            "    team: BAAI",
            "    zzz: 1\n    team: BAAI",
            "line 6: “zzz” is not an entry of a model.",
        ),
        ("    team: BAAI\n", "", "line 3: the model has no team."),
        ("https:", "http:", "line 19: link must be an https link, not “http://huggingface."),
        ("https://", "https://me@", "line 19: link must be an https link, not “https://me@"),
        ("https:", "file:", "line 19: link must be an https link, not “file:"),
        ("2026-11-20", "yesterday", "line 22: added must be a date like 2026-11-20, not “yester"),
        ("2026-11-20", "2026-13-20", "line 22: added must be a date like 2026-11-20, not “2026-13"),
        ("{by: Ada, on: 2026-11-01}", "true", "line 21: tested must be false, or who tested it"),
        ("on: 2026-11-01", "when: now", "line 21: the test has no on."),
        ("gated: false", "gated: no", "line 16: gated must be true or false, not “no”."),
        ("[search]", "[find]", "line 18: capabilities must be a list of these words: base,"),
        ("[search]", "search", "line 18: capabilities must be a list of these words: base,"),
        ("[search]", "[search, search]", "line 18: capabilities must be a list without repetitio"),
        ("[en, no]", "[en, 7]", "line 17: languages must be a list of language codes like en, no"),
        ("float32", "float31", "line 20: dtype must be one of bfloat16,"),
        ("layers: 12", "layer: 12", "line 20: “layer” is not an entry of a weights entry; did you"),
        ("{dtype: float32", "{dtype: [float32]", "line 20: dtype must be one of"),
        (
            "name: BGE small en v1.5",
            'name: "BGE\\e[2J"',
            "line 5: name must be one line of printable text, not “BGE\\x1b[2J”.",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(load: Load, old: str, new: str, problem: str):
    text = WHOLE.replace(old, new, 1)
    assert text != WHOLE
    found = problems(load, text)
    assert any(line.startswith(f"registry.yaml, {problem}") for line in found), found


@pytest.mark.parametrize(
    "bad_id",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "a/../b",
        "'\\\\\\\\server\\\\share'",
        "C:/models",
        "a/b/c",
        "https://huggingface.co/BAAI/bge-small-en-v1.5",
        '"a/b\\0"',
        "7",
        "[a]",
    ],
)
def test_an_id_that_could_be_a_path_is_refused(load: Load, bad_id: str):
    first, *_ = problems(load, WHOLE.replace("id: BAAI/bge-small-en-v1.5", f"id: {bad_id}", 1))
    wanted = "registry.yaml, line 3: id must be a model id like BAAI/bge-small-en-v1.5, not "
    assert first.startswith(wanted)


def test_all_problems_come_together_in_the_order_of_their_lines(load: Load):
    text = WHOLE.replace("type: llm", "type: bot").replace("pooling: cls", "pooling: max")
    lines = problems(load, text.replace("gated: false", "gated: maybe"))
    assert [line.split(":")[0] for line in lines] == [
        "registry.yaml, line 13",
        "registry.yaml, line 16",
        "registry.yaml, line 26",
        "registry.yaml, line 29",
    ]


def test_after_twenty_problems_the_rest_is_counted(load: Load):
    lines = problems(load, "version: 1\nmodels:\n" + "  - {}\n" * 5)
    assert len(lines) == 21
    assert lines[-1] == "registry.yaml has 25 more problems."


def test_an_id_or_an_alias_names_one_model_only(load: Load):
    twice = problems(load, WHOLE + GPT2)
    assert twice == [
        "registry.yaml, line 33: “openai-community/gpt2” already names the model in line 23."
    ]
    other = GPT2.replace("gpt2\n    name", "gpt3\n    aliases: [Bge-small]\n    name")
    assert "“Bge-small”" in problems(load, WHOLE + other)[0]
    lower = other.replace("Bge-small", "bge-small")
    assert problems(load, WHOLE + lower) == [
        "registry.yaml, line 34: “bge-small” already names the model in line 4."
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "registry.yaml, line 1: this is no registry: a mapping with version and models is"),
        ("- a\n", "registry.yaml, line 1: this is no registry"),
        ("version: 2\nmodels: []\n", "registry.yaml, line 1: version 2 needs a newer Modelshelf."),
        ("models: []\n", "registry.yaml, line 1: the registry has no version."),
        ("version: 1\n", "registry.yaml, line 1: the registry has no models."),
        ("version: 1\nmodels: []\n", "registry.yaml, line 2: models must be a list of models, not"),
        ("version: 1\nmodels: {}\n", "registry.yaml, line 2: models must be a list of models, not"),
        ("version: 1\nmodels: [7]\n", "registry.yaml, line 2: a model must be a mapping, not 7."),
        ("version: 1\nmodel: []\n", "registry.yaml, line 1: the registry has no models."),
        ("a: &a 1\nb: *a\n", "registry.yaml, line 1: anchors are not allowed here."),
        ("a: [\n", "registry.yaml, line 2: this is not valid YAML"),
        ("version: 1\nversion: 1\n", "registry.yaml, line 2: “version” is here twice, first in li"),
    ],
)
def test_a_file_that_is_no_registry_is_refused(load: Load, text: str, problem: str):
    assert problems(load, text)[0].startswith(problem)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path):
    with pytest.raises(RegistryError, match=r"registry\.yaml could not be read: No such file"):
        load_registry(tmp_path / "registry.yaml")
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * 2_000_001)
    with pytest.raises(RegistryError, match=r"large\.yaml could not be read: it is too large"):
        load_registry(large)


_LINES = WHOLE.splitlines()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    line=st.integers(0, len(_LINES) - 1),
    text=st.text(alphabet="abz019 :-[]{}&*!|>'\"#%,\t\n~", max_size=20),
    keep=st.booleans(),
)
def test_any_changed_line_gives_a_registry_or_a_sentence(
    load: Load, line: int, text: str, keep: bool
):
    changed = _LINES[line].partition(":")[0] + ": " + text if keep else text
    with suppress(RegistryError):
        assert load("\n".join([*_LINES[:line], changed, *_LINES[line + 1 :]])).entries


@pytest.fixture(scope="module")
def shipped_registry() -> Registry:
    path = shipped("registry.yaml")
    if not path.read_bytes().strip():
        pytest.skip("the registry holds no models yet")
    return load_registry(path)


def test_the_shipped_registry_recommends_models_of_every_type(shipped_registry: Registry):
    assert len(shipped_registry.entries) >= 60
    types = {entry.type for entry in shipped_registry.entries}
    assert types >= set(ModelType) - {ModelType.OTHER}


@pytest.mark.parametrize(
    "part",
    [
        *("Qwen3-Embedding-0.6B", "Qwen3-Embedding-4B", "Qwen3-Embedding-8B", "bge-", "e5-"),
        *("all-MiniLM", "gte-", "Qwen2.5-", "Qwen3-", "Llama-3", "gemma-2-", "gemma-3-", "phi"),
        *("Mistral", "pythia", "gpt2", "Qwen3-Reranker", "bge-reranker", "cross-encoder/"),
        *("splade-cocondenser", "splade-v3", "blip", "phi-2", "pythia-70m", "pythia-410m"),
        *("gpt2-medium", "Llama-2-7b", "Qwen1.5-0.5B", "gemma-2b", "TinyLlama", "CodeLlama"),
        *("deepseek-coder", "xlm-roberta", "bloom"),
    ],
)
def test_the_shipped_registry_has_the_models_people_ask_for(shipped_registry: Registry, part: str):
    words = (
        word.casefold()
        for entry in shipped_registry.entries
        for word in (entry.id, *entry.aliases, entry.family)
    )
    assert any(part.casefold() in word for word in words)


@pytest.mark.parametrize("part", ["meta-llama/Llama-3", "google/gemma-2", "google/gemma-3"])
def test_the_shipped_registry_says_which_models_are_gated(shipped_registry: Registry, part: str):
    found = [e for e in shipped_registry.entries if e.id.startswith(part)]
    assert found
    assert all(entry.gated for entry in found)
