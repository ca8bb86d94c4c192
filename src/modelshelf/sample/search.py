"""The search of `/api/models`: words, filters and order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelshelf.sample import views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from modelshelf.sample.messages import Request
    from modelshelf.sample.model import SampleModel

_ORDERS: dict[str, Callable[[SampleModel], Any]] = {
    "downloads": lambda model: model.downloads,
    "likes": lambda model: model.likes,
    "trendingScore": lambda model: model.likes,
    "lastModified": lambda model: model.head.date,
    "createdAt": lambda model: model.commits[0].date,
}


def find(models: Iterable[SampleModel], request: Request) -> list[dict[str, Any]]:
    """Return the hits as the API lists them, the most downloaded first unless asked otherwise."""
    words = request.argument("search").lower().split()
    author = request.argument("author")
    order = _ORDERS.get(request.argument("sort"), _ORDERS["trendingScore"])
    with_files = request.flag("full")
    hits = [
        model
        for model in models
        if all(word in model.model_id.lower() for word in words)
        and (not author or model.model_id.startswith(f"{author}/"))
    ]
    hits.sort(key=order, reverse=request.argument("direction") != "1")
    documents = [
        _asked_for(views.summary(model, with_files=with_files), model, request) for model in hits
    ]
    filters = [*request.query.get("filter", []), *request.query.get("pipeline_tag", [])]
    wanted = {name for text in filters for name in text.split(",") if name}
    gated = request.argument("gated").lower()
    return [
        document
        for document in documents
        if wanted <= {*document["tags"], document.get("pipeline_tag")}
        and (not gated or bool(document["gated"]) == (gated == "true"))
    ]


def _asked_for(document: dict[str, Any], model: SampleModel, request: Request) -> dict[str, Any]:
    """Add what `expand`, `cardData` and `config` ask for."""
    extra = set(request.query.get("expand", []))
    extra |= {name for name in ("cardData", "config") if request.flag(name)}
    if not extra:
        return document
    whole = views.info(model, model.head, with_blobs=False)
    return document | {name: whole[name] for name in extra if name in whole}
