"""The main job: find a model, fetch it, stop, go on, keep it from deletion, free it, delete it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from modelshelf.core.catalogue.entry import CatalogueEntry
from modelshelf.core.model import ModelType, Status, short_name
from modelshelf.core.stores.layout import LOCKS
from modelshelf.core.units import format_bytes
from modelshelf.gui.actions import Action, CardState
from modelshelf.gui.dialogs.delete import DeleteDialog
from modelshelf.gui.dialogs.naming import NamingDialog
from modelshelf.gui.dialogs.pick_model import PickModelDialog
from modelshelf.gui.roles import ROW_ROLE
from modelshelf.gui.widgets import Label
from modelshelf.gui.widgets.findings import FindingRow
from tests.support.waiting import wait_until
from tests.tour.stage import Stage

COLLECTION = "thesis-rag"
_PER_CONNECTION = 256 * 1024


class MainJob:
    """Each method is a step: it uses the window, looks at the disk, and returns what it proved.

    The steps go together, in the order of `steps`. The hub takes `seconds` for the model where the
    download is to be caught half way.
    """

    def __init__(self, stage: Stage, model_id: str, words: str, *, seconds: float = 4.0) -> None:
        self._seconds = seconds
        self._stage = stage
        self._hands = stage.hands
        self._window = stage.window
        self._truth = stage.truth
        self._id = model_id
        self._words = words
        self._before: set[str] = set()
        self._bytes_before = 0
        self._sent_before = 0

    @property
    def steps(self) -> tuple[Callable[[], str], ...]:
        """All steps in order."""
        return (
            self.start,
            self.filter,
            self.open_details,
            self.list_files_on_hub,
            self.download,
            self.watch_downloads,
            self.stop,
            self.go_on,
            self.list_files_here,
            self.collect,
            self.be_refused,
            self.free,
            self.delete,
        )

    def start(self) -> str:
        """The registry is on screen as cards in tabs, and nothing is on disk."""
        page = self._window.models_page
        wait_until(lambda: page.model.rowCount() > 0, "cards are shown", seconds=30)
        counts = {page.tabs.tabText(n): page.tabs.count_of(n) for n in range(page.tabs.count())}
        wait_until(lambda: bool(page.tabs.count_of(page.tabs.count() - 1)), "tabs are counted")
        self._before = self._truth.names()
        self._bytes_before = self._truth.file_bytes()
        assert not self._before, "the store is empty at first"
        assert self._window.shell.page is page
        assert (counts["All"] or 0) >= 60, counts
        self._stage.picture("the-registry-as-cards")
        self._hands.choose_tab(page.tabs, "LLMs")
        rows = (page.model.index(n) for n in range(page.model.rowCount()))
        shown: list[CatalogueEntry] = [row.data(ROW_ROLE) for row in rows]
        assert {entry.type for entry in shown} == {ModelType.LLM}
        self._stage.picture("language-models")
        self._hands.choose_tab(page.tabs, "Embedding")
        return f"{counts['All']} models in {len(counts) - 1} tabs; the store is empty"

    def filter(self) -> str:
        """Typing narrows the list."""
        page = self._window.models_page
        search = page.filters.search
        self._hands.press_at(search, search.rect().center())
        all_rows = page.model.rowCount()
        self._hands.type(self._words)
        wait_until(lambda: page.model.rowCount() < all_rows, "the list gets shorter")
        assert page.model.row_of(self._id) is not None, "the model is found"
        self._stage.picture("filtered-by-what-was-typed")
        return f"“{self._words}” leaves {page.model.rowCount()} of {all_rows} cards"

    def open_details(self) -> str:
        """The card opens the details."""
        self._hands.choose_card(self._id)
        details = self._window.details
        wait_until(details.isVisible, "the details open")
        assert details.model_id == self._id
        self._stage.picture("details")
        return f"the details show {details.model_id}"

    def list_files_on_hub(self) -> str:
        """The Files tab lists what the Hub has."""
        details = self._window.details
        self._hands.choose_tab(details.tabs, "Files")
        wait_until(lambda: details.files.model.rowCount() > 0, "files are listed")
        published = {(file.path, file.size) for file in self._stage.hub.model(self._id).head.files}
        assert self._listed() == published
        self._stage.picture("files-on-the-hub")
        self._hands.choose_tab(details.tabs, "Overview")
        return f"{len(published)} files on the Hub, none here"

    def download(self) -> str:
        """Download: progress is seen, in a partial file and in the database."""
        self._stage.pace(self._id, self._seconds)
        self._hands.press_card(self._id, Action.DOWNLOAD)
        self._stage.wait_for_card(self._id, CardState.DOWNLOADING)
        self._stage.wait_for_toast(f"Downloading {short_name(self._id)}")
        self._stage.wait_for_share(self._id, 0.3)
        self._stage.picture("downloading")
        job = self._truth.job(self._id)
        assert (job["kind"], job["state"]) == ("download", "running")
        assert 0 < job["bytes_done"] < job["bytes_total"]
        here = self._truth.unfinished_bytes(self._id)
        assert here > 0
        assert not self._truth.commit(self._id), "no revision has its name before it is whole"
        return f"{format_bytes(here)} of {format_bytes(job['bytes_total'])} in an unfinished file"

    def watch_downloads(self) -> str:
        """The pill at the top leads to the list of downloads."""
        pill = self._window.shell.top_bar.downloads
        self._hands.press_at(pill, pill.rect().center())
        page = self._window.downloads_page
        assert self._window.shell.page is page
        (shown,) = self._window.jobs.jobs
        assert shown.id == self._truth.job(self._id)["id"]
        self._stage.picture("the-list-of-downloads")
        self._hands.key("Ctrl+1")
        assert self._window.shell.page is self._window.models_page
        return f"job {shown.id} is listed"

    def stop(self) -> str:
        """Cancel: it stops, and what is here stays."""
        self._hands.press_card(self._id, Action.CANCEL)
        self._stage.wait_for_card(self._id, CardState.PARTIAL)
        hub = self._stage.hub
        wait_until(lambda: all(one.is_over for one in hub.requests), "the hub sends nothing more")
        job = self._truth.job(self._id)
        assert (job["state"], job["owner_pid"]) == ("cancelled", None)
        self._sent_before = hub.file_bytes_sent
        here = self._truth.unfinished_bytes(self._id)
        assert here > 0
        assert self._stage.entry(self._id).status is Status.PARTIAL
        self._stage.picture("stopped-partly-here")
        return f"the job is cancelled, {format_bytes(here)} are kept"

    def go_on(self) -> str:
        """Resume: only what is missing is fetched, and every byte is right."""
        self._stage.full_speed()
        hub = self._stage.hub
        connections = hub.connections
        self._hands.press_card(self._id, Action.RESUME)
        self._stage.wait_for_card(self._id, CardState.INSTALLED, seconds=30)
        self._stage.wait_for_toast(f"{short_name(self._id)} is installed")
        self._stage.picture("installed")
        model, job = hub.model(self._id), self._truth.job(self._id)
        assert job["state"] == "done"
        assert self._truth.commit(self._id) == model.head.sha
        assert self._truth.wrong_files(model) == []
        assert self._truth.unfinished_bytes(self._id) == 0
        assert job["bytes_reused"] > 0
        allowed = job["bytes_total"] + _PER_CONNECTION * max(1, connections)
        assert hub.file_bytes_sent <= allowed, f"the hub sent {hub.file_bytes_sent} in all"
        again = hub.file_bytes_sent - self._sent_before
        return (
            f"{format_bytes(job['bytes_reused'])} reused, {format_bytes(again)} sent; "
            f"all files are as on the Hub"
        )

    def list_files_here(self) -> str:
        """The Files tab lists what is on disk."""
        details = self._window.details
        if not details.isVisible():
            self._hands.choose_card(self._id)
        self._hands.choose_tab(details.tabs, "Files")
        snapshot = self._truth.snapshot(self._id)
        on_disk = {
            (path.relative_to(snapshot).as_posix(), path.stat().st_size)
            for path in snapshot.rglob("*")
            if path.is_file()
        }
        wait_until(lambda: self._listed() == on_disk, "the files on disk are listed")
        self._stage.picture("files-on-this-machine")
        self._hands.choose_tab(details.tabs, "Overview")
        return f"{len(on_disk)} files below {snapshot.name[:7]}"

    def collect(self) -> str:
        """A new collection takes the model."""
        self._hands.key("Ctrl+3")
        page = self._window.collections_page
        assert self._window.shell.page is page
        self._stage.picture("no-collections-yet")
        self._hands.press("New collection…", page)
        naming = self._hands.dialog(NamingDialog)
        self._hands.type(COLLECTION)
        self._hands.key(Qt.Key.Key_Tab)
        self._hands.type("Retrieval for the thesis")
        self._stage.picture("naming-a-collection")
        self._hands.press("Create", naming)
        self._hands.no_dialog()
        self._hands.press("Add model…", page)
        picking = self._hands.dialog(PickModelDialog)
        self._hands.type(short_name(self._id))
        self._stage.picture("choosing-a-model-for-it")
        self._hands.press("Add", picking)
        self._hands.no_dialog()
        taken = {COLLECTION: {(self._id, "embedding")}}
        wait_until(lambda: self._truth.collections() == taken, "the database knows it")
        wait_until(lambda: self._stage.entry(self._id).used_by == (COLLECTION,), "the card too")
        self._stage.picture("the-collection")
        return f"the database has {self._id} in “{COLLECTION}” for embedding"

    def be_refused(self) -> str:
        """Deleting is refused, and the dialog says by whom."""
        self._hands.key("Ctrl+1")
        self._stage.wait_for_card(self._id, CardState.IN_USE)
        self._stage.picture("in-use")
        before = self._truth.names()
        self._hands.choose_card(self._id)
        self._hands.key(Qt.Key.Key_Delete, self._window.models_page.list)
        dialog = self._hands.dialog(DeleteDialog)
        wait_until(lambda: self._hands.sees("Open", dialog), "the reason is shown")
        (row,) = (row for row in dialog.findChildren(FindingRow) if row.isVisible())
        assert row.finding.subject == COLLECTION
        assert not self._hands.sees("Delete", dialog)
        self._stage.picture("refused-with-the-reason")
        assert self._truth.names() == before, "nothing on disk was touched"
        return f"“{row.finding.text}”; nothing was touched"

    def free(self) -> str:
        """The dialog leads to the collection, which lets go of the model."""
        self._hands.press("Open", self._hands.dialog(DeleteDialog))
        self._hands.no_dialog()
        page = self._window.collections_page
        assert self._window.shell.page is page
        self._hands.press(f"Take {short_name(self._id)} out", page)
        wait_until(lambda: self._truth.collections() == {COLLECTION: set()}, "it lets go")
        wait_until(lambda: not self._stage.entry(self._id).used_by, "the card knows")
        self._stage.picture("freed-from-the-collection")
        return f"“{COLLECTION}” is empty"

    def delete(self) -> str:
        """Deleting frees what the dialog says, and leaves the disk as it was."""
        self._hands.key("Ctrl+1")
        self._stage.wait_for_card(self._id, CardState.INSTALLED)
        full = self._truth.file_bytes()
        self._hands.press_card(self._id, Action.DELETE)
        dialog = self._hands.dialog(DeleteDialog)
        wait_until(lambda: self._hands.sees("Delete", dialog), "the plan is made")
        claimed = format_bytes(full - self._bytes_before)
        said = [label.text() for label in dialog.findChildren(Label) if label.isVisible()]
        assert any(claimed in words for words in said), f"{claimed} is not in {said}"
        self._stage.picture("deleting-frees-this-much")
        self._hands.press("Delete", dialog)
        self._hands.no_dialog()
        self._stage.wait_for_card(self._id, CardState.AVAILABLE)
        self._stage.wait_for_toast(f"{claimed} are free again")
        self._stage.picture("deleted")
        # The empty folder for locks belongs to the store and to every client of it.
        changed = (self._truth.names() ^ self._before) - {LOCKS}
        assert not changed, f"the store is not as it was: {sorted(changed)}"
        assert self._truth.file_bytes() == self._bytes_before
        assert self._truth.job(self._id)["kind"] == "delete"
        return f"{claimed} freed, as the dialog said; the store is as it was"

    def _listed(self) -> set[tuple[str, int]]:
        model = self._window.details.files.model
        rows = (model.data(model.index(n, 0), ROW_ROLE) for n in range(model.rowCount()))
        return {(row.path, row.size) for row in rows}
