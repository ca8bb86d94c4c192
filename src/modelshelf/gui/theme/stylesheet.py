"""The style sheet: a template of tokens and lengths, filled for one theme and text size."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from modelshelf.core.paths import shipped

if TYPE_CHECKING:
    from modelshelf.gui.theme.tokens import Tokens

_TOKEN = re.compile(r"@([a-z_]+)")
_LENGTH = re.compile(r"px\((\d+)\)")


@cache
def _template() -> str:
    return shipped("resources/themes/modelshelf.qss").read_text("utf-8")


def build_stylesheet(tokens: Tokens, scale: float = 1.0) -> str:
    """Return the style sheet of a theme; `px(32)` in the template grows with the text.

    Raises:
        KeyError: when the template names a token that does not exist.
    """
    sized = _LENGTH.sub(lambda found: f"{round(int(found[1]) * scale)}px", _template())
    return _TOKEN.sub(lambda found: tokens[found[1]], sized)
