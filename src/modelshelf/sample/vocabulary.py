"""Vocabularies learnt from the prose: byte pair merges and lists of words."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import pairwise

from modelshelf.sample.prose import PROSE

Pair = tuple[str, str]

_WORD = re.compile(r"[A-Za-z]+|[0-9]|[^\sA-Za-z0-9]")


@cache
def words() -> tuple[str, ...]:
    """Return the words of the prose in lower case, the commonest first."""
    counts = Counter(_WORD.findall(PROSE.lower()))
    return tuple(sorted(counts, key=lambda word: (-counts[word], word)))


def byte_alphabet() -> list[str]:
    """Return the 256 characters that byte-level BPE writes bytes with, in the order of GPT-2."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    shown = [chr(byte) for byte in printable]
    hidden = [chr(0x100 + index) for index in range(256 - len(printable))]
    return shown + hidden


@cache
def merges(space: str, count: int) -> tuple[Pair, ...]:
    """Learn `count` byte pair merges, fewer when the prose has no more pairs to give.

    `space` is the character that stands for the space before a word: `Ġ` or `▁`. Ties go to the
    pair that sorts first, so that every machine learns the same.
    """
    counts: Counter[tuple[str, ...]] = Counter()
    for line in PROSE.strip().splitlines():
        for word in re.findall(r" ?[A-Za-z]+| ?[0-9]| ?[^\sA-Za-z0-9]", f" {line}"):
            counts[tuple(word.replace(" ", space))] += 1
    learnt: list[Pair] = []
    while len(learnt) < count:
        pairs: Counter[Pair] = Counter()
        for symbols, times in counts.items():
            for pair in pairwise(symbols):
                pairs[pair] += times
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        learnt.append(best)
        counts = Counter({_merged(symbols, best): times for symbols, times in counts.items()})
    return tuple(learnt)


def _merged(symbols: tuple[str, ...], pair: Pair) -> tuple[str, ...]:
    joined: list[str] = []
    index = 0
    while index < len(symbols):
        if symbols[index : index + 2] == pair:
            joined.append(symbols[index] + symbols[index + 1])
            index += 2
        else:
            joined.append(symbols[index])
            index += 1
    return tuple(joined)
