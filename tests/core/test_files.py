import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from modelshelf.core import files
from modelshelf.core.files import read_bounded, replace_file, write_at

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX only")


class TestWriteAt:
    def test_a_short_write_is_continued(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        real = files._pwrite
        monkeypatch.setattr(files, "_pwrite", lambda d, data, offset: real(d, data[:3], offset))
        path = tmp_path / "file"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
        try:
            write_at(descriptor, b"0123456789", 4)
        finally:
            os.close(descriptor)
        assert path.read_bytes() == b"\0\0\0\x000123456789"


class TestReplaceFile:
    def test_the_old_content_is_there_until_the_new_is(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        path = tmp_path / "config" / "config.toml"
        replace_file(path, b"old")

        def fail(descriptor: int, data: bytes, offset: int) -> None:
            os.pwrite(descriptor, b"ha", 0)
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(files, "write_at", fail)
        with pytest.raises(OSError, match="No space left"):
            replace_file(path, b"new content")
        assert path.read_bytes() == b"old"
        assert os.listdir(path.parent) == ["config.toml"]

    def test_readers_see_old_or_new_and_nothing_between(self, tmp_path: Path):
        path = tmp_path / "file"
        contents = {b"a" * 100_000, b"b" * 50_000}
        replace_file(path, b"a" * 100_000)
        done = threading.Event()
        seen: set[bytes] = set()

        def read() -> None:
            while not done.is_set():
                seen.add(read_bounded(path, 1 << 20))

        reader = threading.Thread(target=read)
        reader.start()
        for _ in range(30):
            for content in sorted(contents):
                replace_file(path, content)
        done.set()
        reader.join(timeout=10)
        assert seen <= contents

    @posix
    def test_the_mode_and_the_folders_are_made(self, tmp_path: Path):
        path = tmp_path / "new" / "deep" / "token"
        replace_file(path, b"secret", mode=0o600)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


class TestReadBounded:
    def test_the_limit_is_the_last_size_that_is_read(self, tmp_path: Path):
        path = tmp_path / "file"
        path.write_bytes(b"x" * 10)
        assert read_bounded(path, 10) == b"x" * 10
        with pytest.raises(OSError, match="larger than 9 bytes"):
            read_bounded(path, 9)

    @posix
    def test_what_is_no_file_never_blocks(self, tmp_path: Path):
        os.mkfifo(tmp_path / "pipe")
        for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
            with pytest.raises(OSError, match="not a regular file"):
                read_bounded(path, 10)
        with pytest.raises(FileNotFoundError):
            read_bounded(tmp_path / "missing", 10)
