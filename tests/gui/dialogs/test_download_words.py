"""What a download plan says in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.support.plans import download_plan
from tests.support.scenes import LLAMA, catalogue

from modelshelf.core.downloads.selection import Variant
from modelshelf.core.hub.schema import Access
from modelshelf.gui.dialogs import download_words as words
from modelshelf.gui.widgets import Tone

ENTRY = next(entry for entry in catalogue() if entry.id == LLAMA)


def test_a_format_that_can_run_code_says_so() -> None:
    plain, pickled = words.variant_options(
        [Variant("Q4_K_M", ("a.gguf",), 4_700_000_000), Variant("pytorch", ("a.bin", "b.bin"), 10)]
    )
    assert (plain.title, plain.line, plain.tone) == ("GGUF, Q4_K_M", "1 file, 4.7 GB", Tone.NEUTRAL)
    assert pickled.line == "2 files, 10 B · pickle format, which can run code"
    assert pickled.tone is Tone.CAUTION


def test_a_repository_without_weights_offers_all_its_files() -> None:
    plan = replace(download_plan(), variants=())
    options = words.plan_options(plan)
    assert [option.title for option in options] == ["All its files"]
    assert options[0].value == words.chosen_option(plan)
    assert words.companions_line(plan) == ""


@pytest.mark.parametrize(
    ("tokens", "said"),
    [
        (512, "512 tokens context"),
        (4096, "4,096 tokens context"),
        (32_768, "32k context"),
        (131_072, "128k context"),
        (200_000, "200k context"),
        (131_073, "131,073 tokens context"),
    ],
)
def test_context_lengths(tokens: int, said: str) -> None:
    assert words.context_words(tokens) == said


@pytest.mark.parametrize(
    ("access", "pill"),
    [(None, "Gated"), (Access.GRANTED, "Access granted"), (Access.PENDING, "No access yet")],
)
def test_access_is_told_in_words(access: Access | None, pill: str) -> None:
    assert pill in [text for text, _, _ in words.model_pills(ENTRY, None, access)]


def test_nothing_is_made_up_about_an_unknown_model() -> None:
    assert words.model_pills(None, None, None) == []
    pills = words.model_pills(None, replace(download_plan(), gated=False), None)
    assert [text for text, _, _ in pills] == ["Llama 3.1 licence"]
