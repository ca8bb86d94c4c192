"""Icons: each one ships, is drawn, and takes the colour it is told."""

import pytest
from PySide6.QtGui import QColor, QImage, QPixmap

from modelshelf.core.paths import shipped
from modelshelf.gui.actions import Action, action_words
from modelshelf.gui.theme import Theme, icon, pixmap, tokens_now

NAMES = sorted(file.stem for file in shipped("resources/icons").glob("*.svg"))


def inks(picture: QPixmap) -> set[str]:
    """The colours of the fully covered pixels."""
    image = picture.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    return {
        QColor(image.pixel(x, y)).name().upper()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_is_drawn_in_the_colour_of_its_token(name: str) -> None:
    assert inks(pixmap(name, "accent", 96)) == {tokens_now().accent}


@pytest.mark.parametrize("action", Action)
def test_every_action_has_an_icon(action: Action) -> None:
    assert action_words(action).icon in NAMES


def test_an_unknown_icon_is_refused() -> None:
    with pytest.raises(KeyError):
        pixmap("unicorn")


def test_icons_follow_the_theme(theme: Theme) -> None:
    light = inks(pixmap("check", "text", 96))
    theme.choose("dark")
    assert inks(pixmap("check", "text", 96)) != light


def test_icons_are_sharp_on_dense_screens() -> None:
    assert pixmap("check", "text", 16, 2.0).width() == 32
    assert icon("check").availableSizes()


def test_the_licences_ship_with_icons_and_fonts() -> None:
    assert "ISC License" in shipped("resources/icons/LICENSE").read_text()
    assert "SIL OPEN FONT LICENSE" in shipped("resources/fonts/OFL.txt").read_text()
