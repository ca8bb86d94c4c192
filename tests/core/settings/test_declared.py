import os

import pytest

from modelshelf.core.errors import InputError
from modelshelf.core.settings import DECLARED, Declared


def test_every_setting_has_a_section_a_sentence_and_a_fitting_default():
    for key, setting in DECLARED.items():
        assert key == setting.key
        assert key.count(".") == 1
        assert setting.sentence
        assert setting.check(setting.default) == setting.default


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("network.offline", " Yes ", True),
        ("network.offline", "0", False),
        ("network.connections", "8", 8),
        ("appearance.theme", "dark", "dark"),
        ("storage.locations", os.pathsep.join(["/a", "/b b"]), ("/a", "/b b")),
        ("storage.locations", "", ()),
        ("defaults.embedding_model", "", ""),
    ],
)
def test_what_a_person_types_is_read(key: str, text: str, value: object):
    assert DECLARED[key].parse(text) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("network.offline", "maybe"),
        ("network.connections", "many"),
        ("network.connections", "8.5"),
        ("network.connections", "9" * 10_000),
        ("network.connections", "-1"),
        ("appearance.theme", "pink"),
        ("network.endpoint", "a\x00b"),
    ],
)
def test_what_is_no_value_is_refused_with_what_would_be(key: str, text: str):
    with pytest.raises(InputError, match=f"no value for {key}") as caught:
        DECLARED[key].parse(text)
    assert caught.value.hint.startswith("Use ")
    assert len(caught.value.message) < 200


def test_numbers_are_bounded_as_declared():
    setting = Declared("a.b", 3, "A number", minimum=2, maximum=4)
    assert [setting.check(value) for value in (2, 3, 4)] == [2, 3, 4]
    for value in (1, 5, True, 3.0, "3", None):
        with pytest.raises(InputError):
            setting.check(value)
