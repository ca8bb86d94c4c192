from urllib.parse import quote

import pytest
from huggingface_hub.utils import HFValidationError, validate_repo_id
from hypothesis import example, given, settings
from hypothesis import strategies as st

from modelshelf.core.errors import InputError
from modelshelf.core.model import (
    ROLE_OF_TYPE,
    JobState,
    ModelType,
    is_commit,
    owner_of,
    parse_model_id,
    parse_revision,
    printable,
    short_name,
)

_LIKELY = st.text(alphabet="ab0Z-_./ \\:%~\x00\n@é", max_size=20)


class TestParseModelId:
    @settings(max_examples=500, deadline=None)
    @given(text=st.text(max_size=120) | _LIKELY)
    @example("a" * 97)
    @example(f"{'a' * 48}/{'b' * 48}")
    @example("a/b.git")
    @example("-a/b")
    @example("a/_b_")
    @example("a\n")
    @example("a/b/c")
    @example("a--b")
    @example("文件夹/模型")
    @example("http://[")
    def test_what_it_accepts_the_hub_accepts_too(self, text: str):
        try:
            model_id = parse_model_id(text)
        except InputError:
            return
        validate_repo_id(model_id)
        assert model_id.isascii()
        assert ".." not in model_id
        assert parse_model_id(model_id) == model_id

    @settings(max_examples=300, deadline=None)
    @given(text=st.from_regex(r"\A[A-Za-z0-9._-]{1,40}(/[A-Za-z0-9._-]{1,40})?\Z"))
    def test_of_ordinary_ids_it_accepts_what_the_hub_accepts(self, text: str):
        try:
            validate_repo_id(text)
        except HFValidationError:
            with pytest.raises(InputError):
                parse_model_id(text)
        else:
            assert parse_model_id(text) == text

    @pytest.mark.parametrize(
        ("pasted", "model_id"),
        [
            ("  BAAI/bge-small-en-v1.5\n", "BAAI/bge-small-en-v1.5"),
            ("gpt2", "gpt2"),
            ("https://huggingface.co/BAAI/bge-m3", "BAAI/bge-m3"),
            ("https://huggingface.co/BAAI/bge-m3/", "BAAI/bge-m3"),
            ("http://huggingface.co//BAAI/bge-m3", "BAAI/bge-m3"),
            ("HTTPS://HuggingFace.co/BAAI/bge-m3", "BAAI/bge-m3"),
            ("huggingface.co/BAAI/bge-m3", "BAAI/bge-m3"),
            ("HuggingFace.co/BAAI/bge-m3", "BAAI/bge-m3"),
            ("www.huggingface.co/BAAI/bge-m3?library=x#files", "BAAI/bge-m3"),
            ("hf.co/BAAI/bge-m3", "BAAI/bge-m3"),
            ("https://huggingface.co/models/BAAI/bge-m3", "BAAI/bge-m3"),
            ("https://huggingface.co/BAAI/bge-m3/tree/main/onnx", "BAAI/bge-m3"),
            ("https://huggingface.co/BAAI/bge-m3/blob/main/config.json", "BAAI/bge-m3"),
            ("https://huggingface.co/BAAI/bge-m3/resolve/main/a.bin?download=true", "BAAI/bge-m3"),
            ("https://huggingface.co/BAAI/bge-m3/discussions/7", "BAAI/bge-m3"),
            ("https://huggingface.co/gpt2/tree/main", "gpt2"),
            ("https://huggingface.co/gpt2/resolve/main/config.json", "gpt2"),
            ("https://huggingface.co/org/tree", "org/tree"),
            ("https://huggingface.co/org/raw/tree/main", "org/raw"),
            ("https://mirror.example:8443/BAAI/bge-m3", "BAAI/bge-m3"),
            ("https://user:hf_secret@huggingface.co/BAAI/bge-m3", "BAAI/bge-m3"),
            ("http://127.0.0.1:8000/BAAI%2Fbge-m3", "BAAI/bge-m3"),
        ],
    )
    def test_a_link_from_anywhere_on_the_hub_works(self, pasted: str, model_id: str):
        assert parse_model_id(pasted) == model_id

    @pytest.mark.parametrize(
        "pasted",
        [
            "",
            " ",
            "/",
            "/etc/passwd",
            "../../etc/passwd",
            "a/..",
            "C:\\models\\x",
            "\\\\server\\share",
            "//server/share",
            "a/b\x00c",
            "~/models",
            "$HOME/x",
            "a b/c",
            "file:///etc/passwd",
            "javascript://huggingface.co/a/b",
            "https://huggingface.co",
            "https://huggingface.co/models",
            "https://huggingface.co/datasets/squad/plain",
            "https://huggingface.co/spaces/a/b",
            "https://huggingface.co/a/b/c/d",
            "https://huggingface.co/%2e%2e/%2e%2e/etc",
            "https://huggingface.co/a%00b/c",
            "https://[bad/a/b",
            "hf.co/user/repo:Q4_K_M",
            "x" * 100_000,
        ],
    )
    def test_anything_else_is_refused_in_a_sentence(self, pasted: str):
        with pytest.raises(InputError, match="is not a model id") as caught:
            parse_model_id(pasted)
        assert caught.value.hint
        assert len(caught.value.message) < 400
        assert "\x00" not in caught.value.message

    @settings(max_examples=300, deadline=None)
    @given(path=_LIKELY, host=st.sampled_from(["huggingface.co", "[::1]", "[", "a b", ""]))
    def test_no_link_is_read_as_more_than_an_id(self, path: str, host: str):
        for pasted in (f"https://{host}/{path}", f"https://{host}/{quote(path)}"):
            try:
                validate_repo_id(parse_model_id(pasted))
            except InputError:
                continue


class TestParseRevision:
    @pytest.mark.parametrize(
        "revision", ["main", "v1.0", "refs/pr/12", "a" * 40, "feature/x-y_z", "ünï", "release@2"]
    )
    def test_branches_tags_requests_and_commits(self, revision: str):
        assert parse_revision(revision) == revision

    @pytest.mark.parametrize(
        "revision",
        [
            "",
            "/",
            "a//b",
            "/main",
            "main/",
            ".",
            "..",
            "../main",
            "a/../b",
            "a..b",
            ".hidden",
            "a/.hidden",
            "main.",
            "main.lock",
            "a.lock/b",
            "a b",
            "a\nb",
            "a\x00b",
            "a~1",
            "a^",
            "C:main",
            "a\\b",
            "a?",
            "a*",
            "a[b",
            "HEAD@{1}",
            "\u202emain",
            "\ud800",
            "é" * 200,
            "x" * 256,
        ],
    )
    def test_what_could_leave_the_repo_or_break_a_file_name_is_refused(self, revision: str):
        with pytest.raises(InputError, match="is not a revision") as caught:
            parse_revision(revision)
        assert len(caught.value.message) < 200

    @settings(max_examples=300, deadline=None)
    @given(text=st.text(max_size=300))
    def test_any_text_is_a_relative_path_of_plain_names_or_refused(self, text: str):
        try:
            revision = parse_revision(text)
        except InputError:
            return
        assert revision == text
        assert len(revision.encode()) <= 255
        assert all(part not in ("", ".", "..") for part in revision.split("/"))
        assert "\\" not in revision

    def test_a_commit_is_forty_lower_case_hex_digits(self):
        assert is_commit("0123456789abcdef" * 2 + "01234567")
        for other in ("main", "a" * 39, "a" * 41, "A" * 40, "g" * 40, "a" * 40 + "\n"):
            assert not is_commit(other)


class TestPrintable:
    def test_what_could_change_a_terminal_or_the_reading_direction_is_escaped(self):
        assert printable("a\x1b[31m\u202eb\x00\n") == "a\\x1b[31m\\x202eb\\x00\\x0a"
        assert printable("Ünïcödé 研究 “x”") == "Ünïcödé 研究 “x”"

    @settings(deadline=None)
    @given(text=st.text(max_size=400), limit=st.integers(1, 300))
    def test_it_is_bounded_and_safe(self, text: str, limit: int):
        shown = printable(text, limit)
        assert len(shown) <= limit
        assert shown.isprintable()
        shown.encode()
        if len(text) <= limit and text.isprintable():
            assert shown == text


def test_names_and_owners():
    assert (owner_of("BAAI/bge-m3"), short_name("BAAI/bge-m3")) == ("BAAI", "bge-m3")
    assert (owner_of("gpt2"), short_name("gpt2")) == ("", "gpt2")


def test_every_type_has_a_purpose_and_most_a_role():
    assert all(kind.purpose for kind in ModelType)
    assert set(ModelType) - set(ROLE_OF_TYPE) == {ModelType.OTHER}


def test_states_that_hold_a_model():
    assert [state.value for state in JobState if state.is_active] == ["queued", "running", "paused"]
