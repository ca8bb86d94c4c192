"""The sample hub: two small servers on this machine that speak the Hub's protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelshelf.sample.access import Account, Doorkeeper
from modelshelf.sample.content import SampleFile
from modelshelf.sample.links import Links
from modelshelf.sample.origin import HOST, Origin
from modelshelf.sample.pace import Pace
from modelshelf.sample.routes import Published, Routes
from modelshelf.sample.wire import Conduct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType

    from modelshelf.sample.model import Consent, SampleModel

SAMPLE_TOKEN = "hf_SampleHubTokenOpensTheGatedModels1"
"""The token the sample hub accepts unless told otherwise. It opens nothing elsewhere."""

_PAGE_SIZE = 1000


class SampleHub:
    """A stand-in for the Hub on 127.0.0.1: start it, point `HF_ENDPOINT` at `url`.

    LFS files are served from a second port, as the Hub serves them from another host.
    `bytes_per_second` limits all bodies together, `per_connection` each connection.
    After `stop`, `start` brings the hub back under the same address.
    """

    def __init__(
        self,
        models: Iterable[SampleModel] = (),
        *,
        bytes_per_second: int | None = None,
        per_connection: int | None = None,
        token: str = SAMPLE_TOKEN,
        port: int = 0,
        page_size: int = _PAGE_SIZE,
        conduct: Conduct | None = None,
    ) -> None:
        self.token = token
        self._published = Published(models)
        self._doorkeeper = Doorkeeper([Account(token)])
        self._links = Links()
        self._pace = Pace(bytes_per_second, per_connection)
        self._conduct = conduct or Conduct()
        self._routes = Routes(
            self._published, self._doorkeeper, self._links, lambda: self.cdn_url, page_size
        )
        self._ports = [port, 0]
        self._origins: list[Origin] = []

    def start(self) -> SampleHub:
        """Listen on both ports.

        Raises:
            OSError: when a port is taken.
        """
        if not self._origins:
            self._pace.restart()
            try:
                for name, port in zip(("hub", "cdn"), self._ports, strict=True):
                    origin = Origin(name, port, self._routes.answer, self._conduct, self._pace)
                    self._origins.append(origin)
            except OSError:
                self.stop()
                raise
            self._ports = [origin.server_port for origin in self._origins]
        return self

    def stop(self) -> None:
        """Close both ports and every connection, also those in mid-transfer."""
        self._pace.stop()
        origins, self._origins = self._origins, []
        for origin in origins:
            origin.finish()

    def __enter__(self) -> SampleHub:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The address for `HF_ENDPOINT`; known once the hub was started."""
        return f"http://{HOST}:{self._ports[0]}"

    @property
    def cdn_url(self) -> str:
        """The address of the second origin."""
        return f"http://{HOST}:{self._ports[1]}"

    @property
    def models(self) -> tuple[SampleModel, ...]:
        """Every model on offer."""
        return self._published.all()

    def model(self, model_id: str) -> SampleModel:
        """Return a model on offer.

        Raises:
            KeyError: when there is none with this id.
        """
        model = self._published.get(model_id)
        if model is None:
            raise KeyError(model_id)
        return model

    def set_speed(self, bytes_per_second: int | None, per_connection: int | None = None) -> None:
        """Change the speed limits, also of running transfers; None lifts a limit."""
        self._pace.set(bytes_per_second, per_connection)

    def add(self, model: SampleModel) -> None:
        """Offer a model, or a new state of it."""
        self._published.put(model)

    def remove(self, model_id: str) -> None:
        """Stop offering a model, as when its owner deletes it."""
        self._published.remove(model_id)

    def publish_update(
        self, model_id: str, files: Mapping[str, bytes | None], *, title: str = "Update the model"
    ) -> str:
        """Commit changed files to `main`; None removes a file. Return the new commit's hash."""
        model = self.model(model_id)
        kept = [file for file in model.head.files if file.path not in files]
        made = [
            SampleFile.from_bytes(path, content)
            for path, content in files.items()
            if content is not None
        ]
        updated = model.with_commit([*kept, *made], title=title)
        self._published.put(updated)
        return updated.head.sha

    def set_consent(self, model_id: str, consent: Consent) -> None:
        """Decide how far every account has come with a gated model."""
        self._doorkeeper.decide(model_id, consent)

    def add_account(self, account: Account) -> None:
        """Accept a further token."""
        self._doorkeeper.add(account)

    def revoke(self, token: str) -> None:
        """Stop accepting a token."""
        self._doorkeeper.revoke(token)

    def expire_links(self) -> None:
        """Make every signed address given out so far useless."""
        self._links.expire()
