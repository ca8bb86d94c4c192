"""Which answer belongs to which request: the Hub's routes, and those of the second origin."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from modelshelf.sample import pages, reading, search, views
from modelshelf.sample.access import Doorkeeper, RefusedError
from modelshelf.sample.messages import (
    Answer,
    Request,
    error_answer,
    file_answer,
    json_answer,
    redirect,
)
from modelshelf.sample.model import Commit, Consent, Gate, SampleModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from modelshelf.sample.content import SampleFile
    from modelshelf.sample.links import Links

_VERBS = frozenset(
    {"revision", "tree", "refs", "commits", "paths-info", "auth-check", "safetensors-metadata"}
)


class Published:
    """The models a hub offers, by id and by former id. Thread-safe."""

    def __init__(self, models: Iterable[SampleModel]) -> None:
        self._lock = threading.Lock()
        self._models = {model.model_id: model for model in models}

    def put(self, model: SampleModel) -> None:
        """Offer a model, or a new state of it."""
        with self._lock:
            self._models[model.model_id] = model

    def remove(self, model_id: str) -> None:
        """Stop offering a model."""
        with self._lock:
            self._models.pop(model_id, None)

    def all(self) -> tuple[SampleModel, ...]:
        """Return every model."""
        with self._lock:
            return tuple(self._models.values())

    def get(self, model_id: str) -> SampleModel | None:
        """Return the model with this id, or None."""
        with self._lock:
            return self._models.get(model_id)

    def renamed(self, alias: str) -> SampleModel | None:
        """Return the model that once had this id, or None."""
        return next((model for model in self.all() if alias in model.aliases), None)


class Routes:
    """Answers requests. `cdn_base` tells where the second origin listens."""

    def __init__(
        self,
        published: Published,
        doorkeeper: Doorkeeper,
        links: Links,
        cdn_base: Callable[[], str],
        page_size: int,
    ) -> None:
        self._published = published
        self._doorkeeper = doorkeeper
        self._links = links
        self._cdn_base = cdn_base
        self._page_size = page_size

    def answer(self, request: Request) -> Answer:
        """Return the honest answer to a request on either origin."""
        try:
            return self._cdn(request) if request.origin == "cdn" else self._hub(request)
        except RefusedError as refusal:
            return refusal.answer

    def _hub(self, request: Request) -> Answer:
        parts = request.segments
        if parts[:2] == ["api", "whoami-v2"]:
            return self._whoami(request)
        if parts == ["api", "models"]:
            return self._search(request)
        if parts[:2] == ["api", "models"]:
            return self._api(request, parts[2:])
        for index in (1, 2):
            if len(parts) > index + 2 and parts[index] == "resolve":
                return self._resolve(request, parts, index)
        return self._page(request, "/".join(parts))

    def _whoami(self, request: Request) -> Answer:
        account = self._doorkeeper.account(request)
        if account is None:
            return error_answer(401, "Invalid username or password.")
        token = {"displayName": "sample", "role": "read"}
        return json_answer(
            {
                "type": "user",
                "id": "000000000000000000000001",
                "name": account.name,
                "fullname": account.name,
                "orgs": [],
                "auth": {"type": "access_token", "accessToken": token},
            }
        )

    def _search(self, request: Request) -> Answer:
        self._doorkeeper.account(request)
        offered = [model for model in self._published.all() if not model.is_private]
        hits = search.find(offered, request)
        return self._paged(request, hits, self._page_size)

    def _api(self, request: Request, parts: list[str]) -> Answer:
        split = next((i for i in (1, 2) if len(parts) > i and parts[i] in _VERBS), len(parts))
        model = self._model(request, "/".join(parts[:split]), "/api/models/")
        verb, rest = (parts[split], parts[split + 1 :]) if split < len(parts) else ("", [])
        if verb == "auth-check":
            self._doorkeeper.check_gate(model, request)
            return json_answer({})
        if verb == "refs":
            return json_answer(views.refs(model))
        if verb == "safetensors-metadata":
            self._doorkeeper.check_gate(model, request)
            return self._weights(model, "/".join(rest))
        commit = self._commit(model, rest[0] if rest else "main")
        if verb == "commits":
            return self._paged(request, views.history(model, commit), self._page_size)
        if verb == "tree":
            return self._tree(request, commit, "/".join(rest[1:]).strip("/"))
        if verb == "paths-info":
            return _paths_info(request, commit)
        return self._info(request, model, commit)

    def _info(self, request: Request, model: SampleModel, commit: Commit) -> Answer:
        document = views.info(model, commit, with_blobs=request.flag("blobs"))
        if wanted := request.query.get("expand"):
            kept = {"_id", "id", *wanted}
            document = {key: value for key, value in document.items() if key in kept}
        return json_answer(document).about(model.model_id)

    def _tree(self, request: Request, commit: Commit, folder: str) -> Answer:
        if folder and folder not in views.folders(commit):
            return error_answer(404, f"{folder} does not exist on this revision", "EntryNotFound")
        expand = request.flag("expand")
        entries = views.tree(commit, folder, recursive=request.flag("recursive"), expand=expand)
        return self._paged(
            request, entries, min(50, self._page_size) if expand else self._page_size
        )

    def _weights(self, model: SampleModel, path: str) -> Answer:
        headers = reading.safetensors_headers(model.head, path)
        if headers is None:
            return error_answer(404, "Entry not found", "EntryNotFound")
        return json_answer(headers)

    def _resolve(self, request: Request, parts: list[str], index: int) -> Answer:
        model = self._model(request, "/".join(parts[:index]), "/")
        path = "/".join(parts[index + 2 :])
        self._doorkeeper.check_gate(model, request)
        commit = self._commit(model, parts[index + 1])
        file = commit.find(path)
        if file is None:
            missing = error_answer(404, "Entry not found", "EntryNotFound")
            return missing.with_headers({"X-Repo-Commit": commit.sha}).about(model.model_id, path)
        common = {"X-Repo-Commit": commit.sha, "Vary": "Origin"}
        if file.sha256 is None:
            return file_answer(file, request, common).about(model.model_id, path)
        linked = {
            **common,
            "X-Linked-Etag": f'"{file.sha256}"',
            "X-Linked-Size": str(file.size),
            "Accept-Ranges": "bytes",
            "Cache-Control": "no-store",
        }
        location = self._links.make(self._cdn_base(), model.model_id, file)
        return redirect(location).with_headers(linked).about(model.model_id, path)

    def _cdn(self, request: Request) -> Answer:
        parts = request.segments
        model = self._published.get("/".join(parts[1:-1])) if len(parts) > 2 else None
        file = _by_sha256(model, parts[-1]) if model and parts[0] == "repos" else None
        if model is None or file is None:
            return _storage_error(404, "NoSuchKey", "The specified key does not exist.")
        about = (model.model_id, file.path)
        if "Authorization" in request.headers:
            # Real object stores refuse a token beside a signature: a client that leaks it fails.
            message = "Only one auth mechanism allowed."
            return _storage_error(400, "InvalidArgument", message).about(*about)
        if not self._links.is_valid(request):
            return _storage_error(403, "AccessDenied", "Request has expired").about(*about)
        return file_answer(file, request, {}).about(*about)

    def _page(self, request: Request, path: str) -> Answer:
        if not path:
            return pages.front(self._published.all(), request.base)
        wants_access = path.endswith("/ask-access") and request.method == "POST"
        model_id = path.removesuffix("/ask-access") if wants_access else path
        model = self._published.get(model_id)
        if model is None:
            return error_answer(404, "Sorry, we can't find the page you are looking for.")
        if wants_access:
            is_automatic = model.gate is Gate.AUTO
            consent = Consent.ACCEPTED if is_automatic else Consent.PENDING
            self._doorkeeper.decide(model_id, consent)
            return redirect(f"/{model_id}", status=303)
        return pages.model_page(model, self._doorkeeper.consent(model))

    def _model(self, request: Request, model_id: str, prefix: str) -> SampleModel:
        account = self._doorkeeper.account(request)
        model = self._published.get(model_id)
        if model is not None and not (model.is_private and account is None):
            return model
        renamed = self._published.renamed(model_id)
        if renamed is not None:
            old, new = prefix + quote(model_id), prefix + renamed.model_id
            raise RefusedError(redirect(request.target.replace(old, new, 1), status=307))
        if account is None:
            raise RefusedError(error_answer(401, "Invalid username or password.", "RepoNotFound"))
        raise RefusedError(error_answer(404, "Repository not found", "RepoNotFound"))

    def _commit(self, model: SampleModel, revision: str) -> Commit:
        commit = model.resolve(revision)
        if commit is None:
            message = f"Invalid rev id: {revision}"
            refusal = error_answer(404, message, "RevisionNotFound").about(model.model_id)
            raise RefusedError(refusal)
        return commit

    def _paged(self, request: Request, entries: list[dict[str, Any]], size: int) -> Answer:
        asked = request.argument("limit")
        size = min(size, max(1, int(asked))) if asked.isdecimal() else size
        cursor = request.argument("cursor")
        start = int(cursor) if cursor.isdecimal() else 0
        answer = json_answer(entries[start : start + size])
        if start + size >= len(entries):
            return answer
        query = {**request.query, "cursor": [str(start + size)]}
        address = f"{request.base}{request.raw_path}?{urlencode(query, doseq=True)}"
        return answer.with_headers({"Link": f'<{address}>; rel="next"'})


def _by_sha256(model: SampleModel, digest: str) -> SampleFile | None:
    files = (file for commit in reversed(model.commits) for file in commit.files)
    return next((file for file in files if file.sha256 == digest), None)


def _paths_info(request: Request, commit: Commit) -> Answer:
    if "json" in request.headers.get("Content-Type", ""):
        asked: dict[str, Any] = json.loads(request.body)
        paths, expand = asked.get("paths", []), bool(asked.get("expand"))
    else:
        form = request.form
        paths, expand = form.get("paths", []), form.get("expand") in (["true"], ["True"])
    folders = views.folders(commit)
    entries: list[dict[str, Any]] = []
    for path in paths:
        if file := commit.find(path):
            entries.append(views.file_entry(commit, file, expand=expand))
        elif path in folders:
            entries.append(views.folder_entry(commit, path, expand=expand))
    return json_answer(entries)


def _storage_error(status: int, code: str, message: str) -> Answer:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    )
    return Answer(status, {"Content-Type": "application/xml"}, text.encode())
