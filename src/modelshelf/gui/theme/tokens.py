"""The colours by meaning, read from one data file. Pure Python, so that contrast can be computed.

Nothing here knows Qt; `palette.tokens_now` says which set is in force.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache

from modelshelf.core.paths import shipped


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. Every value is `#RRGGBB`; the derived ones follow from the declared ones."""

    background: str
    surface: str
    sunken: str
    line: str
    control: str
    text: str
    secondary: str
    tertiary: str
    accent: str
    accent_soft: str
    on_accent: str
    good: str
    good_soft: str
    caution: str
    caution_soft: str
    danger: str
    danger_soft: str
    on_danger: str
    weights: str
    cache: str
    activations: str
    overhead: str
    others: str
    scrim: str

    @property
    def hover(self) -> str:
        """A plain control, or a row, under the pointer."""
        return mix(self.surface, self.text, 0.045)

    @property
    def pressed(self) -> str:
        """A plain control held down."""
        return mix(self.surface, self.text, 0.09)

    @property
    def accent_hover(self) -> str:
        """The main action under the pointer."""
        return mix(self.accent, self.text, 0.12)

    @property
    def accent_pressed(self) -> str:
        """The main action held down."""
        return mix(self.accent, self.text, 0.22)

    @property
    def accent_soft_hover(self) -> str:
        """A repeated main action under the pointer."""
        return mix(self.accent_soft, self.accent, 0.05)

    @property
    def accent_soft_pressed(self) -> str:
        """A repeated main action held down."""
        return mix(self.accent_soft, self.accent, 0.08)

    @property
    def danger_hover(self) -> str:
        """A destructive action under the pointer."""
        return mix(self.danger, self.text, 0.12)

    @property
    def danger_pressed(self) -> str:
        """A destructive action held down."""
        return mix(self.danger, self.text, 0.22)

    @property
    def disabled(self) -> str:
        """Words of a control that cannot be used now."""
        return mix(self.tertiary, self.surface, 0.35)

    @property
    def is_dark(self) -> bool:
        """Whether text is lighter than what it stands on."""
        return luminance(self.text) > luminance(self.background)

    def __getitem__(self, name: str) -> str:
        """Return a declared or derived colour by name.

        Raises:
            KeyError: when there is no such token.
        """
        if name not in TOKEN_NAMES:
            raise KeyError(name)
        return str(getattr(self, name))


_DERIVED = (
    "hover",
    "pressed",
    "accent_hover",
    "accent_pressed",
    "accent_soft_hover",
    "accent_soft_pressed",
    "danger_hover",
    "danger_pressed",
    "disabled",
)
TOKEN_NAMES = frozenset((*(field.name for field in fields(Tokens)), *_DERIVED))


@cache
def themes() -> dict[str, Tokens]:
    """Return the shipped themes by name: `light` and `dark`."""
    tree = tomllib.loads(shipped("resources/themes/modelshelf.toml").read_text("utf-8"))
    return {name: Tokens(**values) for name, values in tree.items()}


def mix(one: str, other: str, share: float) -> str:
    """Return `one` with `share` (0 to 1) of `other` in it."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def luminance(colour: str) -> float:
    """Return the relative luminance after WCAG 2.2, 0 (black) to 1 (white)."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio after WCAG 2.2, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
