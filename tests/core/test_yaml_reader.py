"""YAML of strangers: plain data with lines, everything else refused with a sentence."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelshelf.core.yaml_reader import YamlDocument, YamlError, read_yaml


def refusal(text: str | bytes, **limits: int) -> YamlError:
    with pytest.raises(YamlError) as caught:
        read_yaml(text.encode() if isinstance(text, str) else text, **limits)
    return caught.value


def test_plain_data_comes_back():
    document = read_yaml(
        b"name: bge\n"
        b"numbers: [1, -2, 3.5]\n"
        b"nothing:\n"
        b"yes_or_no: {a: true, b: false}\n"
        b"quoted: '12'\n"
        b"folded: >-\n  one\n  two\n"
    )
    assert document.root == {
        "name": "bge",
        "numbers": [1, -2, 3.5],
        "nothing": None,
        "yes_or_no": {"a": True, "b": False},
        "quoted": "12",
        "folded": "one two",
    }


def test_words_that_older_yaml_turns_into_something_else_stay_text():
    document = read_yaml(b"[no, yes, on, 0x10, 1_000, 012, 1e5, .inf, 2026-11-20, 12:30:00]")
    assert document.root == [
        *("no", "yes", "on", "0x10", "1_000", "012", "1e5", ".inf", "2026-11-20", "12:30:00")
    ]


def test_an_empty_file_is_nothing():
    assert read_yaml(b"") == YamlDocument(None, {})
    assert read_yaml(b"# only a remark\n").root is None


def test_every_value_knows_its_line():
    document = read_yaml(b"models:\n  - id: a\n    weights:\n      heads: 3\n  - id: b\n")
    assert document.line("models") == 1
    assert document.line("models", 0, "weights", "heads") == 4
    assert document.line("models", 1, "id") == 5
    assert document.line("models", 1, "missing") == 5


@pytest.mark.parametrize(
    ("text", "sentence", "line"),
    [
        ("a: &x 1\nb: 2\n", "anchors are not allowed here", 1),
        ("a: 1\nb: *x\n", "aliases are not allowed here", 2),
        ("a:\n  <<: {b: 1}\n", "merge keys are not allowed here", 2),
        ("a: !!python/object/apply:os.getpid []\n", "tags are not allowed here", 1),
        ("a: !!str 1\n", "tags are not allowed here", 1),
        ("a: !own {b: 1}\n", "tags are not allowed here", 1),
        ("a: 1\nb: 2\na: 3\n", "“a” is here twice, first in line 1", 3),
        ("? [a, b]\n: 1\n", "a key must be text", 1),
        ("a: 1\n---\nb: 2\n", "a second document is not allowed here", 2),
        ("a: 1234567890123456789\n", "a number is too large", 1),
    ],
)
def test_what_is_not_plain_data_is_refused(text: str, sentence: str, line: int):
    error = refusal(text)
    assert (error.sentence, error.line) == (sentence, line)


def test_an_alias_bomb_is_refused_at_its_first_anchor():
    text = 'a: &a ["lol", "lol"]\n' + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert refusal(text).line == 1


def test_broken_syntax_names_the_line():
    error = refusal("a: 1\nb: [1, 2\nc: 3\n")
    assert error.line == 3
    assert error.sentence.startswith("this is not valid YAML")


def test_bytes_that_are_no_text_are_refused():
    assert refusal(b"a: 1\nb: \xff\n").line == 2
    assert "does not allow" in refusal(b"a: \x00\n").sentence
    assert isinstance(refusal(b'a: "\\uD800"\n'), YamlError)


def test_size_depth_and_number_of_values_are_bounded():
    assert "larger than 10 bytes" in str(refusal("a: 12345678\n", max_bytes=10))
    assert "nested deeper than 3 levels" in str(refusal("[[[[1]]]]", max_depth=3))
    assert "nested deeper than 16 levels" in str(refusal("[" * 100_000))
    assert "more than 5 values" in str(refusal("[1, 2, 3, 4, 5]", max_nodes=5))


@given(st.binary(max_size=200) | st.text(alphabet="ab:-?[]{}&*!|>'\"#%@,\n <1.~", max_size=120))
def test_any_bytes_give_a_document_or_a_refusal(data: bytes | str):
    with suppress(YamlError):
        document = read_yaml(data.encode() if isinstance(data, str) else data)
        assert isinstance(document.root, (dict, list, str, int, float, bool, type(None)))
