"""Colours by meaning: enough contrast in both themes, computed from the data alone."""

import pytest

from modelshelf.gui.theme.tokens import TOKEN_NAMES, Tokens, contrast, mix, themes

GROUNDS = ("background", "surface", "sunken", "hover")
ON_GROUNDS = ("text", "secondary", "tertiary", "accent", "good", "caution", "danger")
PAIRS = [
    ("text", "pressed"),
    ("danger", "pressed"),
    ("accent", "accent_soft"),
    ("accent", "accent_soft_hover"),
    ("accent", "accent_soft_pressed"),
    ("good", "good_soft"),
    ("caution", "caution_soft"),
    ("danger", "danger_soft"),
    ("text", "accent_soft"),
    ("text", "caution_soft"),
    ("secondary", "caution_soft"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_accent", "accent_pressed"),
    ("on_danger", "danger"),
    ("on_danger", "danger_hover"),
    ("on_danger", "danger_pressed"),
    ("surface", "text"),
    ("secondary", "sunken"),
]


@pytest.mark.parametrize("theme", themes())
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", ON_GROUNDS)
def test_words_can_be_read_on_every_ground(theme: str, ground: str, ink: str) -> None:
    tokens = themes()[theme]
    assert contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", themes())
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_words_can_be_read_on_coloured_grounds(theme: str, ink: str, ground: str) -> None:
    tokens = themes()[theme]
    assert contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", themes())
@pytest.mark.parametrize("name", ["control", "accent", "weights", "overhead"])
def test_shapes_can_be_told_from_their_ground(theme: str, name: str) -> None:
    tokens = themes()[theme]
    assert contrast(tokens[name], tokens.surface) >= 3


def test_both_themes_are_there_and_say_which_is_dark() -> None:
    assert set(themes()) == {"light", "dark"}
    assert themes()["dark"].is_dark
    assert not themes()["light"].is_dark


def test_every_token_is_a_whole_colour(tokens: Tokens) -> None:
    for name in TOKEN_NAMES:
        value = tokens[name]
        assert len(value) == 7
        assert int(value[1:], 16) >= 0


@pytest.fixture(params=["light", "dark"])
def tokens(request: pytest.FixtureRequest) -> Tokens:
    return themes()[request.param]


def test_an_unknown_token_is_refused(tokens: Tokens) -> None:
    with pytest.raises(KeyError):
        tokens["mauve"]


def test_mixing_runs_from_one_colour_to_the_other() -> None:
    assert mix("#000000", "#FFFFFF", 0) == "#000000"
    assert mix("#000000", "#FFFFFF", 1) == "#FFFFFF"
    assert mix("#000000", "#FF8000", 0.5) == "#804000"


def test_contrast_is_that_of_the_guideline() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
