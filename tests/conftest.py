"""What holds for every test: only loopback, only tmp_path, nothing left over."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from modelshelf.core.db.database import Database
from modelshelf.core.paths import AppPaths
from modelshelf.core.settings import Environment, Settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A runner started in the background ignores these, and every process the tests start would too.
for _name, _handler in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
    _number = getattr(signal, _name, None)
    if _number is not None and signal.getsignal(_number) is signal.SIG_IGN:
        with suppress(ValueError):
            signal.signal(_number, _handler)

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(autouse=True)
def own_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point every folder the program could touch at tmp_path."""
    for name in list(os.environ):
        if name.startswith(("HF_", "HUGGING", "MODELSHELF_", "TRANSFORMERS_")) or name in (
            "MODELS_DIR",
            "DEFAULT_EMBEDDING_MODEL",
            # pytest-xdist sets them; a terminal of the tests' own has its own size.
            "COLUMNS",
            "LINES",
        ):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("MODELSHELF_HOME", str(home / "modelshelf"))
    monkeypatch.setenv("HF_HOME", str(home / "huggingface"))
    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    monkeypatch.chdir(home)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave this machine, also name lookups."""
    connect, lookup = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in _LOOPBACK:
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    def guarded_lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and name not in _LOOPBACK:
            raise socket.gaierror(socket.EAI_NONAME, f"lookups are off in tests: {name}")
        return lookup(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_lookup)


@pytest.fixture(autouse=True)
def quiet_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail the test in which our own log warns; expected warnings are cleared by the test."""
    caplog.set_level(logging.WARNING, logger="modelshelf")
    yield
    ours = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.name.startswith("modelshelf") and record.levelno >= logging.WARNING
    ]
    assert not ours, f"unexpected log: {ours}"


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that leaks a window or a thread, not its innocent neighbour."""
    before = set(threading.enumerate())
    if "qtbot" in request.fixturenames:
        yield from _no_window_left(request)
    else:
        yield
    ours = [t for t in threading.enumerate() if t not in before and not t.daemon]
    for thread in ours:
        thread.join(timeout=5)
    alive = [thread for thread in ours if thread.is_alive()]
    assert not alive, f"threads left behind: {alive}"


def _no_window_left(request: pytest.FixtureRequest) -> Iterator[None]:
    # Imported here: core tests must run where Qt is not installed.
    from PySide6.QtCore import QCoreApplication, QEvent  # noqa: PLC0415
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    # PySide crashes when the collector frees a window in the middle of event dispatch.
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
    registered = [reference() for reference, _ in getattr(request.node, "qt_widgets", ())]
    for widget in filter(None, registered):
        widget.close()
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    left = [w for w in QApplication.topLevelWidgets() if w not in registered]
    assert not left, f"windows left behind: {left}"


@pytest.fixture
def app_paths(tmp_path: Path) -> AppPaths:
    """The program's own folders, inside tmp_path."""
    root = tmp_path / "app"
    return AppPaths(root / "config", root / "data", root / "logs", root / "site")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """An empty Hugging Face cache."""
    folder = tmp_path / "hub"
    folder.mkdir()
    return folder


@pytest.fixture
def settings(app_paths: AppPaths, store: Path) -> Settings:
    """Default settings over `store`."""
    return Settings(app_paths, Environment(hub_cache=store), {})


@pytest.fixture
def database(app_paths: AppPaths) -> Iterator[Database]:
    """A real, empty database file."""
    opened = Database.open(app_paths.database)
    yield opened
    opened.close()


@pytest.fixture
def shared_data() -> Path:
    """The folder with real configurations that lies beside a checkout used for development."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the folder with real configurations is not beside this checkout")
    return folder
