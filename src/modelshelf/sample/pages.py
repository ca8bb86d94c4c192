"""The few pages a person may open in a browser: what the hub offers, and a licence to accept."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from modelshelf.sample import reading
from modelshelf.sample.messages import Answer
from modelshelf.sample.model import Consent, Gate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelshelf.sample.model import SampleModel

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;"
    "color-scheme:light dark}button{font:inherit;padding:.4rem 1rem}"
)
_STANDING = {
    Consent.NONE: "You have not asked for access yet.",
    Consent.PENDING: "Your request is waiting for the authors.",
    Consent.ACCEPTED: "You have access to this model.",
    Consent.REJECTED: "The authors have declined your request.",
}


def front(models: Iterable[SampleModel], base: str) -> Answer:
    """List the models."""
    rows = "".join(
        f'<li><a href="/{escape(model.model_id)}">{escape(model.model_id)}</a></li>'
        for model in sorted(models, key=lambda model: model.model_id.lower())
    )
    text = (
        "<p>A stand-in for the Hugging Face Hub with small models to try things on. "
        f"Point HF_ENDPOINT at <code>{escape(base)}</code>.</p><ul>{rows}</ul>"
    )
    return _page("Sample hub", text)


def model_page(model: SampleModel, consent: Consent) -> Answer:
    """Show one model and, when it is gated, the button that asks for access."""
    licence = reading.read_card(model.head).get("license", "unknown")
    text = f"<p>Licence: {escape(str(licence))}</p>"
    if model.gate is not Gate.OPEN:
        text += f"<p>This model is gated. {_STANDING[consent]}</p>"
        if consent is Consent.NONE:
            label = "Agree and access" if model.gate is Gate.AUTO else "Ask for access"
            text += (
                f'<form method="post" action="/{escape(model.model_id)}/ask-access">'
                f"<button>{label}</button></form>"
            )
    return _page(model.model_id, text)


def _page(title: str, content: str) -> Answer:
    shown = escape(title)
    text = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{shown}</title>'
        f"<style>{_STYLE}</style><h1>{shown}</h1>{content}</html>"
    )
    return Answer(200, {"Content-Type": "text/html; charset=utf-8"}, text.encode())
