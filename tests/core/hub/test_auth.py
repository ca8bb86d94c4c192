"""The token is found where people keep it, kept so that only they can read it, and never shown."""

import logging
import os
import stat
from pathlib import Path

import pytest
from huggingface_hub import get_token
from huggingface_hub.utils import _auth

from modelshelf.core.errors import InputError, PermissionRefusedError
from modelshelf.core.hub.auth import SecretFilter, Tokens, TokenSource, redact
from modelshelf.core.paths import AppPaths

SECRET = "hf_" + "aB3" * 12
OTHER = "hf_" + "xY9" * 12


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "hf"


@pytest.fixture
def tokens(app_paths: AppPaths, home: Path) -> Tokens:
    return Tokens(app_paths, {"HF_HOME": str(home)})


def test_no_token_anywhere(tokens: Tokens):
    assert tokens.current() is None
    assert tokens.source() is TokenSource.NONE


def test_a_stored_token_is_found_again_and_is_private(tokens: Tokens, home: Path):
    tokens.store(f"  {SECRET}\n")
    assert tokens.current() == SECRET
    assert tokens.source() is TokenSource.FILE
    assert tokens.file == home / "token"
    if os.name != "nt":
        assert stat.S_IMODE((home / "token").stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["token"]


def test_the_token_of_hf_auth_login_is_found_and_ours_is_found_by_it(
    tokens: Tokens, home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(_auth.constants, "HF_TOKEN_PATH", str(home / "token"))
    monkeypatch.setattr(_auth.constants, "HF_STORED_TOKENS_PATH", str(home / "stored_tokens"))
    tokens.store(SECRET)
    assert get_token() == SECRET
    _auth._write_secret(home / "token", OTHER)
    assert tokens.current() == OTHER


@pytest.mark.parametrize("name", ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"])
def test_the_environment_wins_over_the_file(app_paths: AppPaths, home: Path, name: str):
    Tokens(app_paths, {"HF_HOME": str(home)}).store(SECRET)
    tokens = Tokens(app_paths, {"HF_HOME": str(home), name: f"{OTHER}\n"})
    assert tokens.current() == OTHER
    assert tokens.source() is TokenSource.ENVIRONMENT
    tokens.forget()
    assert tokens.current() == OTHER


def test_an_empty_variable_is_no_token(app_paths: AppPaths, home: Path):
    tokens = Tokens(app_paths, {"HF_HOME": str(home), "HF_TOKEN": " "})
    assert tokens.source() is TokenSource.NONE


def test_the_path_of_the_file_can_be_named(app_paths: AppPaths, tmp_path: Path):
    named = tmp_path / "elsewhere" / "secret"
    tokens = Tokens(app_paths, {"HF_HOME": str(tmp_path), "HF_TOKEN_PATH": str(named)})
    tokens.store(SECRET)
    assert named.read_text() == SECRET


def test_forgetting_removes_the_file(tokens: Tokens, home: Path):
    tokens.store(SECRET)
    tokens.forget()
    assert tokens.current() is None
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("nonsense", ["", "  ", "two words", "line\nbreak", "hf_ü", "x" * 5000])
def test_what_cannot_be_a_token_is_refused_unseen(tokens: Tokens, home: Path, nonsense: str):
    with pytest.raises(InputError) as caught:
        tokens.store(nonsense)
    assert not home.exists()
    assert not nonsense.strip() or nonsense not in str(caught.value.info)


def test_a_link_to_the_token_stays_a_link(tokens: Tokens, home: Path, tmp_path: Path):
    home.mkdir()
    (home / "token").symlink_to(tmp_path / "dotfiles-token")
    tokens.store(SECRET)
    assert (home / "token").is_symlink()
    assert (tmp_path / "dotfiles-token").read_text() == SECRET


def test_a_shared_home_of_somebody_else_sends_the_token_to_our_own_folder(
    app_paths: AppPaths, tmp_path: Path
):
    blocked = tmp_path / "shared"
    blocked.write_text("a file where a folder should be")
    tokens = Tokens(app_paths, {"HF_HOME": str(blocked)})
    tokens.store(SECRET)
    assert tokens.current() == SECRET
    assert (app_paths.config / "token").read_text() == SECRET


def test_our_own_token_wins_over_one_shared_by_a_lab(
    tokens: Tokens, app_paths: AppPaths, home: Path
):
    home.mkdir()
    (home / "token").write_text(OTHER)
    app_paths.config.mkdir(parents=True)
    (app_paths.config / "token").write_text(SECRET)
    assert tokens.current() == SECRET
    tokens.store(OTHER)
    assert tokens.current() == OTHER
    assert not (app_paths.config / "token").exists()


def test_nowhere_to_keep_it_is_said_without_the_token(app_paths: AppPaths, tmp_path: Path):
    blocked = tmp_path / "shared"
    blocked.write_text("")
    app_paths.config.parent.mkdir(parents=True)
    app_paths.config.write_text("")
    with pytest.raises(PermissionRefusedError) as caught:
        Tokens(app_paths, {"HF_HOME": str(blocked)}).store(SECRET)
    assert SECRET not in repr(caught.value.info)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"token {SECRET} is bad", SECRET),
        (f"api_org_{'k' * 30}", "kkkk"),
        (f"hf_oauth_{'eyJ.a-b' * 8}", "eyJ"),
        ("Authorization: Bearer some-mirror-token", "some-mirror-token"),
        ("http://user:passw0rd@proxy.lab:3128 refused", "passw0rd"),
        ("https://cdn.example/x?X-Amz-Signature=deadbeef&x=1", "deadbeef"),
        ("(https://cdn.example/x?a=1&Signature=deadbeef&Key-Pair-Id=K7)", "K7"),
        ("https://cas-bridge.example/x?Expires=1&Policy=abc", "abc"),
    ],
)
def test_secrets_are_taken_out_of_a_text(text: str, hidden: str):
    assert hidden not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "hf_hub_download and hf_transfer are names",
        "https://huggingface.co/api/models?search=bge&limit=5",
        "BAAI/bge-small-en-v1.5 at /home/me/.cache/huggingface/hub",
        "me@example.org wrote",
    ],
)
def test_what_is_no_secret_stays(text: str):
    assert redact(text) == text


def test_a_log_line_and_its_traceback_hold_no_secret(caplog: pytest.LogCaptureFixture):
    logger = logging.getLogger("somebody.else")
    handler = logging.StreamHandler()
    written: list[str] = []
    handler.emit = lambda record: written.append(handler.format(record))
    handler.addFilter(SecretFilter(lambda: "plain-mirror-token"))
    logger.addHandler(handler)
    try:
        raise ValueError(f"sent {SECRET}")
    except ValueError:
        logger.exception("call with %s and %s failed", SECRET, "plain-mirror-token")
    finally:
        logger.removeHandler(handler)
    (line,) = written
    assert SECRET not in line
    assert "plain-mirror-token" not in line
    assert "ValueError: sent <hidden>" in line
