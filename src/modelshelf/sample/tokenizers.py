"""Tokenizer files in the format of the `tokenizers` library, one function per family."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from modelshelf.sample import vocabulary

Document = dict[str, Any]

_QWEN_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_LLAMA_SPLIT = _QWEN_SPLIT.replace(r"|\p{N}| ?", r"|\p{N}{1,3}| ?")


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """The tokenizer of one model: `tokens` in the order of their ids, and its files."""

    tokens: tuple[str, ...]
    merges: tuple[vocabulary.Pair, ...]
    special: tuple[str, ...]
    files: dict[str, bytes]

    @property
    def size(self) -> int:
        """How many tokens there are."""
        return len(self.tokens)

    def id_of(self, token: str) -> int:
        """Return the id of a token."""
        return self.tokens.index(token)


def as_json(document: Document | list[Document]) -> bytes:
    """Write a JSON file the way model repos hold them."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def word_piece(size: int, *, max_tokens: int = 512) -> Tokenizer:
    """Make BERT's tokenizer with `size` tokens; the special ones have BERT's own ids."""
    special = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    tokens = ["[PAD]", *(f"[unused{index}]" for index in range(99)), *special[1:]]
    characters = sorted({character for word in vocabulary.words() for character in word})
    letters = [character for character in characters if character.isalnum()]
    tokens += characters + [f"##{letter}" for letter in letters]
    tokens += [word for word in vocabulary.words() if len(word) > 1]
    tokens += [f"##{ending}" for ending in ("s", "ed", "ing", "er", "ly", "ion", "es", "al")]
    tokens = list(dict.fromkeys(tokens))[:size]
    tokens += [f"[unused{99 + index}]" for index in range(size - len(tokens))]
    ids = {token: index for index, token in enumerate(tokens)}
    document = _document(
        special=[(ids[token], token) for token in special],
        normalizer={
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        pre_tokenizer={"type": "BertPreTokenizer"},
        post_processor=_template(("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"]), pair="single"),
        decoder={"type": "WordPiece", "prefix": "##", "cleanup": True},
        model={
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": ids,
        },
    )
    config = {
        "tokenizer_class": "BertTokenizer",
        "do_lower_case": True,
        "model_max_length": max_tokens,
        "cls_token": "[CLS]",
        "mask_token": "[MASK]",
        "pad_token": "[PAD]",
        "sep_token": "[SEP]",
        "unk_token": "[UNK]",
    }
    files = {"vocab.txt": ("\n".join(tokens) + "\n").encode()}
    return _tokenizer(tokens, (), special, document, config, files)


def byte_level(
    special: tuple[str, ...],
    config: Document,
    *,
    merges: int = 900,
    split: str = "gpt2",
    with_vocabulary_files: bool = True,
) -> Tokenizer:
    """Make a byte-level BPE tokenizer; `split` is `gpt2`, `qwen` or `llama`.

    The special tokens come after the ordinary ones, as in those models.
    """
    learnt = vocabulary.merges("Ġ", merges)
    ordinary = [*vocabulary.byte_alphabet(), *(left + right for left, right in learnt)]
    tokens = [*ordinary, *special]
    ids = {token: index for index, token in enumerate(tokens)}
    by_pattern = {"qwen": _QWEN_SPLIT, "llama": _LLAMA_SPLIT}
    bytes_only = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    pre_tokenizer: Document = {**bytes_only, "use_regex": True}
    if pattern := by_pattern.get(split):
        cut = {
            "type": "Split",
            "pattern": {"Regex": pattern},
            "behavior": "Isolated",
            "invert": False,
        }
        pre_tokenizer = {
            "type": "Sequence",
            "pretokenizers": [cut, {**bytes_only, "use_regex": False}],
        }
    post_processor: Document = {**bytes_only, "use_regex": True}
    if split == "llama":
        post_processor = _template((special[0], ids[special[0]]), None, pair="both")
    document = _document(
        special=[(ids[token], token) for token in special],
        normalizer={"type": "NFC"} if split == "qwen" else None,
        pre_tokenizer=pre_tokenizer,
        post_processor=post_processor,
        decoder={"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True},
        model={
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": split == "llama",
            "vocab": ids if split == "gpt2" else {token: ids[token] for token in ordinary},
            "merges": [list(pair) for pair in learnt],
        },
    )
    files: dict[str, bytes] = {}
    if with_vocabulary_files:
        lines = ["#version: 0.2", *(f"{left} {right}" for left, right in learnt)]
        files["merges.txt"] = ("\n".join(lines) + "\n").encode()
        files["vocab.json"] = json.dumps(ids, ensure_ascii=False).encode()
    return _tokenizer(tokens, learnt, special, document, config, files)


def sentence_pieces(config: Document, *, merges: int = 900) -> Tokenizer:
    """Make Gemma's tokenizer: BPE over characters, bytes for what is not in the vocabulary."""
    special = ("<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "<start_of_turn>", "<end_of_turn>")
    learnt = vocabulary.merges("▁", merges)
    symbols = sorted({symbol for pair in learnt for part in pair for symbol in part} | {"\n"})
    tokens = [*special, *(f"<0x{byte:02X}>" for byte in range(256)), *symbols]
    tokens = list(dict.fromkeys([*tokens, *(left + right for left, right in learnt)]))
    ids = {token: index for index, token in enumerate(tokens)}
    document = _document(
        special=[(ids[token], token) for token in special],
        normalizer={"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
        pre_tokenizer={
            "type": "Split",
            "pattern": {"String": " "},
            "behavior": "MergedWithPrevious",
            "invert": False,
        },
        post_processor=_template(("<bos>", ids["<bos>"]), None, pair="both"),
        decoder={
            "type": "Sequence",
            "decoders": [
                {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
                {"type": "ByteFallback"},
                {"type": "Fuse"},
            ],
        },
        model={
            "type": "BPE",
            "dropout": None,
            "unk_token": "<unk>",
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": True,
            "byte_fallback": True,
            "ignore_merges": False,
            "vocab": ids,
            "merges": [list(pair) for pair in learnt],
        },
    )
    return _tokenizer(tokens, learnt, special, document, config, {})


def unigram(size: int) -> Tokenizer:
    """Make XLM-RoBERTa's tokenizer with `size` tokens."""
    special = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
    characters = sorted({character for word in vocabulary.words() for character in word})
    pieces = ["▁", *(f"▁{word}" for word in vocabulary.words()), *characters]
    pieces = list(dict.fromkeys(pieces))[: size - len(special)]
    pieces += [f"▁{index}" for index in range(10, 10 + size - len(special) - len(pieces))]
    tokens = [*special[:4], *pieces, "<mask>"]
    scores = [0.0] * 4 + [-3.0 - index / 100 for index in range(len(pieces))] + [0.0]
    ids = {token: index for index, token in enumerate(tokens)}
    document = _document(
        special=[(ids[token], token) for token in special],
        normalizer={"type": "NFKC"},
        pre_tokenizer={"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
        post_processor=_template(("<s>", 0), ("</s>", 2), pair="double"),
        decoder={"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
        model={
            "type": "Unigram",
            "unk_id": 3,
            "vocab": [list(entry) for entry in zip(tokens, scores, strict=True)],
            "byte_fallback": False,
        },
    )
    config = {
        "tokenizer_class": "XLMRobertaTokenizer",
        "model_max_length": 512,
        "bos_token": "<s>",
        "cls_token": "<s>",
        "eos_token": "</s>",
        "mask_token": "<mask>",
        "pad_token": "<pad>",
        "sep_token": "</s>",
        "unk_token": "<unk>",
    }
    return _tokenizer(tokens, (), special, document, config, {})


def _document(
    *,
    special: list[tuple[int, str]],
    normalizer: Document | None,
    pre_tokenizer: Document,
    post_processor: Document,
    decoder: Document,
    model: Document,
) -> Document:
    added = [
        {
            "id": index,
            "content": token,
            "single_word": False,
            "lstrip": token in ("[MASK]", "<mask>"),
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for index, token in special
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": normalizer,
        "pre_tokenizer": pre_tokenizer,
        "post_processor": post_processor,
        "decoder": decoder,
        "model": model,
    }


def _template(start: tuple[str, int], end: tuple[str, int] | None, *, pair: str) -> Document:
    """Say what goes around one text and around two.

    `pair` tells how the second text is set off: `single` and `double` end tokens between the two
    (BERT, XLM-RoBERTa), or `both` texts with a start token of their own (Llama, Gemma).
    """

    def token(named: tuple[str, int], kind: int = 0) -> Document:
        return {"SpecialToken": {"id": named[0], "type_id": kind}}

    def text(name: str, kind: int = 0) -> Document:
        return {"Sequence": {"id": name, "type_id": kind}}

    ending = [end] if end else []
    second = 1 if pair in ("single", "both") else 0
    between = {
        "single": [],
        "double": [token(named) for named in ending],
        "both": [token(start, second)],
    }[pair]
    return {
        "type": "TemplateProcessing",
        "single": [token(start), text("A"), *(token(named) for named in ending)],
        "pair": [
            token(start),
            text("A"),
            *(token(named) for named in ending),
            *between,
            text("B", second),
            *(token(named, second) for named in ending),
        ],
        "special_tokens": {
            named[0]: {"id": named[0], "ids": [named[1]], "tokens": [named[0]]}
            for named in (start, *ending)
        },
    }


def _tokenizer(
    tokens: list[str],
    merges: tuple[vocabulary.Pair, ...],
    special: tuple[str, ...],
    document: Document,
    config: Document,
    files: dict[str, bytes],
) -> Tokenizer:
    written = {
        "tokenizer.json": as_json(document),
        "tokenizer_config.json": as_json({**config, "clean_up_tokenization_spaces": False}),
    }
    return Tokenizer(tuple(tokens), merges, special, {**written, **files})
