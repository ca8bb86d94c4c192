"""What a download plan says, as options, pills and sentences. No widgets here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from modelshelf.core.hub.schema import Access
from modelshelf.core.units import format_bytes, format_count
from modelshelf.gui import text
from modelshelf.gui.widgets import Tone
from modelshelf.gui.widgets.options import Option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.downloads.plan import DownloadPlan
    from modelshelf.core.downloads.selection import Variant

EVERYTHING = "*"
"""The value of the option that takes all files of a repository; no variant is called so."""

_FORMATS = {
    "safetensors": "Weights, safetensors",
    "pytorch": "Original PyTorch checkpoint",
    "tensorflow": "TensorFlow weights",
    "flax": "Flax weights",
    "onnx": "ONNX",
    "openvino": "OpenVINO",
    "coreml": "Core ML",
    "rust": "Rust weights",
    "gguf": "GGUF",
}
_CAN_RUN_CODE = ("pytorch",)


def variant_title(name: str) -> str:
    """Return what a set of weights is called: a format in words, a quantisation as it is."""
    if known := _FORMATS.get(name):
        return _(known)
    return _("GGUF, {name}").format(name=name)


def variant_options(variants: Sequence[Variant]) -> list[Option]:
    """Return one option per set of weights."""
    options: list[Option] = []
    for variant in variants:
        line = files_line(len(variant.files), variant.size_bytes)
        tone = Tone.NEUTRAL
        if variant.name in _CAN_RUN_CODE:
            line = _("{files} · pickle format, which can run code").format(files=line)
            tone = Tone.CAUTION
        options.append(Option(variant.name, variant_title(variant.name), line, tone))
    return options


def plan_options(plan: DownloadPlan) -> list[Option]:
    """Return the sets of weights of a plan, and everything where that is more than one of them."""
    options = variant_options(plan.variants)
    if len(plan.variants) > 1:
        size = sum(file.size for file in plan.remote)
        line = files_line(len(plan.remote), size)
        options.append(Option(EVERYTHING, _("Everything in the repository"), line))
    if not options:
        size = sum(file.size for file in plan.files)
        options.append(Option(None, _("All its files"), files_line(len(plan.files), size)))
    return options


def chosen_option(plan: DownloadPlan) -> str | None:
    """Return the value of the option that `plan` carries out."""
    if plan.request.everything:
        return EVERYTHING
    paths = {file.path for file in plan.files}
    for variant in plan.variants:
        if paths.issuperset(variant.files):
            return variant.name
    return None


def companions_line(plan: DownloadPlan) -> str:
    """Return what comes along with the weights; empty when nothing does."""
    if plan.request.everything:
        return ""
    weights = {path for variant in plan.variants for path in variant.files}
    others = [file for file in plan.files if file.path not in weights]
    if not others or not weights:
        return ""
    files = files_line(len(others), sum(file.size for file in others))
    return _("Configuration and tokenizer come with it: {files}").format(files=files)


def files_line(count: int, size: int) -> str:
    """Return `4 files, 16.1 GB`."""
    files = _("1 file") if count == 1 else _("{count} files").format(count=f"{count:,}")
    return f"{files}, {format_bytes(size)}"


def disk_line(plan: DownloadPlan) -> str:
    """Return what is free now and then, or how much is missing."""
    free = format_bytes(plan.disk_free)
    if plan.disk_after < 0:
        missing = format_bytes(-plan.disk_after)
        return _("{free} free, {missing} are missing").format(free=free, missing=missing)
    after = format_bytes(plan.disk_after)
    return _("{free} free, {after} after").format(free=free, after=after)


def kept_line(plan: DownloadPlan) -> str:
    """Return what need not be fetched again; empty when all of it must."""
    if plan.bytes_here <= 0:
        return ""
    if plan.bytes_to_fetch <= 0:
        return _("All of it is on this machine already.")
    amount = text.amount_of(plan.bytes_here, plan.bytes_total)
    return _("{amount} are here already and are not fetched again.").format(amount=amount)


def start_words(plan: DownloadPlan) -> str:
    """Return what the button says: with the bytes that would be fetched."""
    if plan.bytes_to_fetch > 0:
        return _("Download {size}").format(size=format_bytes(plan.bytes_to_fetch))
    return _("Finish")


def is_complete(plan: DownloadPlan) -> bool:
    """Whether nothing is left to do."""
    return bool(plan.files) and all(file.is_present for file in plan.files)


def model_pills(
    entry: CatalogueEntry | None, plan: DownloadPlan | None, access: Access | None
) -> list[tuple[str, Tone, str]]:
    """Return (words, tone, icon) for what is known of the model, and nothing for what is not."""
    pills: list[tuple[str, Tone, str]] = []
    if entry is not None:
        noun = text.type_noun(entry.type)
        pills.append((noun[:1].upper() + noun[1:], Tone.NEUTRAL, ""))
        if entry.parameters is not None:
            words = _("{count} parameters").format(count=format_count(entry.parameters))
            pills.append((words, Tone.NEUTRAL, ""))
        if entry.context is not None:
            pills.append((context_words(entry.context), Tone.NEUTRAL, ""))
        elif entry.dimensions is not None:
            words = _("{count} dimensions").format(count=f"{entry.dimensions:,}")
            pills.append((words, Tone.NEUTRAL, ""))
    licence = (plan.licence if plan else None) or (entry.licence if entry else None)
    if licence:
        pills.append((text.licence_name(licence), Tone.NEUTRAL, ""))
    if (plan is not None and plan.gated) or (entry is not None and entry.gated):
        if access is Access.GRANTED:
            pills.append((_("Access granted"), Tone.GOOD, "key"))
        elif access is None:
            pills.append((_("Gated"), Tone.CAUTION, "lock"))
        else:
            pills.append((_("No access yet"), Tone.CAUTION, "lock"))
    return pills


def context_words(tokens: int) -> str:
    """Return a context length as people say it: `128k context`."""
    if tokens >= 10_000 and tokens % 1024 == 0:
        return _("{count}k context").format(count=tokens // 1024)
    if tokens >= 10_000 and tokens % 1000 == 0:
        return _("{count}k context").format(count=tokens // 1000)
    return _("{count} tokens context").format(count=f"{tokens:,}")


def _(text: str) -> str:
    return QCoreApplication.translate("Download", text)
