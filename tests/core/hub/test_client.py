"""What the program may ask a Hub, and what it gets."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from huggingface_hub import snapshot_download
from tests.core.hub.conftest import MakeHub
from tests.support.fake_hub import FakeHub, Fault

from modelshelf.core.errors import (
    FormatError,
    GatedError,
    InputError,
    NotFoundError,
    OfflineError,
    TokenError,
)
from modelshelf.core.hub.client import Hub
from modelshelf.core.hub.schema import Access
from modelshelf.core.model import ModelId
from modelshelf.sample.access import Account
from modelshelf.sample.content import SampleFile
from modelshelf.sample.model import Consent, Gate
from modelshelf.sample.server import SAMPLE_TOKEN

TINY = ModelId("acme/tiny")
README = b"---\nlicense: apache-2.0\nlibrary_name: transformers\npipeline_tag: fill-mask\n---\n"
FILES = {
    "README.md": README,
    "config.json": b'{"model_type": "bert"}',
    "big.safetensors": b"x" * 999,
}


def test_a_model_is_described(fake: FakeHub, make_hub: MakeHub):
    head = fake.put(TINY, FILES).head
    info = make_hub(fake.url).info(TINY)
    assert info.model_id == TINY
    assert info.commit == head.sha
    assert (info.licence, info.library) == ("apache-2.0", "transformers")
    assert info.pipeline_tag == "fill-mask"
    assert info.size_bytes == sum(len(content) for content in FILES.values())
    assert (info.gated, info.private) == (False, False)
    assert info.last_modified is not None
    assert info.last_modified.tzinfo is not None


def test_a_renamed_model_answers_under_its_present_id(fake: FakeHub, make_hub: MakeHub):
    fake.put(TINY, FILES, aliases=("acme/old",))
    assert make_hub(fake.url, SAMPLE_TOKEN).info(ModelId("acme/old")).model_id == TINY
    assert all(request.headers["Authorization"] for request in fake.requests)


def test_a_tag_and_a_commit_are_revisions_too(fake: FakeHub, make_hub: MakeHub):
    first = fake.put(TINY, FILES).head.sha
    fake.add(fake.model(TINY).with_tag("v1/final", first))
    second = fake.publish_update(TINY, {"config.json": b"{}"})
    hub = make_hub(fake.url)
    assert hub.info(TINY).commit == second
    assert hub.info(TINY, "v1/final").commit == first
    assert hub.info(TINY, first).commit == first


def test_every_file_is_listed_over_all_pages(make_hub: MakeHub):
    files = {f"part/{number:03}.bin": bytes([number]) for number in range(70)}
    with FakeHub(page_size=20) as fake:
        model = fake.put(TINY, files)
        listed = make_hub(fake.url).files(TINY, model.head.sha)
        pages = [r for r in fake.requests if "/tree/" in r.path]
    assert [file.path for file in listed] == sorted(files)
    assert all(file.size == 1 for file in listed)
    assert len(pages) == 4


def test_a_listed_file_carries_the_name_of_its_blob(fake: FakeHub, make_hub: MakeHub):
    model = fake.put(TINY, FILES)
    listed = {file.path: file for file in make_hub(fake.url).files(TINY, model.head.sha)}
    for file in model.head.files:
        assert listed[file.path].git_sha1 == file.git_sha1
        assert listed[file.path].blob_name == file.etag
    assert listed["big.safetensors"].sha256 is not None
    assert listed["config.json"].sha256 is None


def test_small_files_are_read_from_the_hub_and_from_where_it_points(
    fake: FakeHub, make_hub: MakeHub
):
    commit = fake.put(TINY, FILES).head.sha
    hub = make_hub(fake.url, SAMPLE_TOKEN)
    for path, content in FILES.items():
        assert hub.read(TINY, commit, path) == content
    elsewhere = [request for request in fake.requests if request.origin == "cdn"]
    assert elsewhere
    assert all("Authorization" not in request.headers for request in elsewhere)


def test_a_file_larger_than_wanted_is_refused(fake: FakeHub, make_hub: MakeHub):
    commit = fake.put(TINY, FILES).head.sha
    with pytest.raises(FormatError, match="larger than"):
        make_hub(fake.url).read(TINY, commit, "big.safetensors", limit=998)


def test_a_path_that_leaves_the_repo_is_never_asked_for(fake: FakeHub, make_hub: MakeHub):
    hub = make_hub(fake.url)
    for path in ("../secret", "/etc/passwd", "a/../b", "C:\\x"):
        with pytest.raises(InputError):
            hub.read(TINY, "main", path)
    with pytest.raises(InputError):
        hub.info(TINY, "../../x")
    assert fake.requests == []


def test_search_finds_the_most_downloaded_first(fake: FakeHub, make_hub: MakeHub):
    for number in range(5):
        model = fake.put(f"acme/bge-{number}", FILES)
        fake.add(replace(model, downloads=number * 10, likes=9 - number))
    fake.put("other/model", FILES, gate=Gate.MANUAL)
    hub = make_hub(fake.url)
    hits = hub.search(" bge ", limit=3)
    assert [hit.model_id for hit in hits] == ["acme/bge-4", "acme/bge-3", "acme/bge-2"]
    assert hits[0].downloads == 40
    assert hits[0].last_modified is not None
    assert [hit.gated for hit in hub.search("other")] == [True]
    assert hub.search("no such thing") == ()


def test_search_goes_on_over_the_pages(make_hub: MakeHub):
    with FakeHub(page_size=2) as fake:
        for number in range(7):
            fake.put(f"acme/m{number}", FILES)
        assert len(make_hub(fake.url).search("acme", limit=5)) == 5
        assert len(make_hub(fake.url).search("acme")) == 7


def test_whoami_names_the_account(fake: FakeHub, make_hub: MakeHub):
    account = make_hub(fake.url, SAMPLE_TOKEN).whoami()
    assert (account.name, account.scope) == ("sample-reader", "read")


def test_whoami_without_a_token_asks_nobody(fake: FakeHub, make_hub: MakeHub):
    with pytest.raises(TokenError, match="No access token"):
        make_hub(fake.url).whoami()
    assert fake.requests == []


def test_a_wrong_token_is_refused_with_the_place_for_a_new_one(fake: FakeHub, make_hub: MakeHub):
    fake.put(TINY, FILES)
    hub = make_hub(fake.url, "hf_" + "wrong" * 8)
    for ask in (hub.whoami, lambda: hub.info(TINY), lambda: hub.location(TINY, "main", "x")):
        with pytest.raises(TokenError, match="does not accept") as caught:
            ask()
        assert f"{fake.url}/settings/tokens" in caught.value.hint
        assert "wrong" not in repr(caught.value.info)


def test_an_expired_token_is_called_expired(fake: FakeHub, make_hub: MakeHub):
    said = {"X-Error-Message": 'User Access Token "mine" is expired'}
    fake.fail("/api/whoami-v2", Fault(status=401, headers=said))
    with pytest.raises(TokenError, match="has expired"):
        make_hub(fake.url, SAMPLE_TOKEN).whoami()


def test_access_to_a_gated_model_says_what_is_missing(fake: FakeHub, make_hub: MakeHub):
    fake.put(TINY, FILES)
    fake.put("acme/gated", FILES, gate=Gate.MANUAL)
    fake.add_account(Account("hf_narrow" + "x" * 30, "narrow", can_read_gated=False))
    gated = ModelId("acme/gated")
    hub = make_hub(fake.url, SAMPLE_TOKEN)
    assert make_hub(fake.url).access(TINY) is Access.GRANTED
    assert make_hub(fake.url).access(gated) is Access.NO_TOKEN
    assert make_hub(fake.url, "hf_bad").access(gated) is Access.INVALID_TOKEN
    assert make_hub(fake.url, "hf_narrow" + "x" * 30).access(gated) is Access.MISSING_SCOPE
    assert hub.access(gated) is Access.NOT_ACCEPTED
    fake.set_consent(gated, Consent.PENDING)
    assert hub.access(gated) is Access.PENDING
    fake.set_consent(gated, Consent.REJECTED)
    assert hub.access(gated) is Access.NOT_ACCEPTED
    fake.set_consent(gated, Consent.ACCEPTED)
    assert hub.access(gated) is Access.GRANTED
    with pytest.raises(NotFoundError):
        hub.access(ModelId("no/such"))


@pytest.mark.parametrize(
    ("token", "consent", "words"),
    [
        (None, Consent.NONE, "a token is needed"),
        (SAMPLE_TOKEN, Consent.NONE, "has not accepted its licence"),
        (SAMPLE_TOKEN, Consent.PENDING, "still waiting"),
        (SAMPLE_TOKEN, Consent.REJECTED, "refused the request"),
    ],
)
def test_a_gated_file_is_refused_with_the_page_of_its_licence(
    fake: FakeHub, make_hub: MakeHub, token: str | None, consent: Consent, words: str
):
    commit = fake.put(TINY, FILES, gate=Gate.MANUAL, consent=consent).head.sha
    hub = make_hub(fake.url, token)
    for ask in (hub.read, hub.location):
        with pytest.raises(GatedError, match=words) as caught:
            ask(TINY, commit, "config.json")
        assert f"{fake.url}/{TINY}" in caught.value.hint


def test_what_does_not_exist_is_told_apart(fake: FakeHub, make_hub: MakeHub):
    commit = fake.put(TINY, FILES).head.sha
    fake.put("acme/private", FILES, is_private=True)
    hub = make_hub(fake.url)
    with pytest.raises(NotFoundError, match="or is private and needs a token"):
        hub.info(ModelId("acme/private"))
    with pytest.raises(NotFoundError, match="this token has no access"):
        make_hub(fake.url, SAMPLE_TOKEN).info(ModelId("acme/none"))
    with pytest.raises(NotFoundError, match="no revision v9"):
        hub.info(TINY, "v9")
    with pytest.raises(NotFoundError, match="no revision"):
        hub.files(TINY, "0" * 40)
    for ask in (hub.read, hub.location):
        with pytest.raises(NotFoundError, match=r"no file missing\.bin"):
            ask(TINY, commit, "missing.bin")
    assert make_hub(fake.url, SAMPLE_TOKEN).info(ModelId("acme/private")).private


def test_offline_asks_nobody(fake: FakeHub):
    hub = Hub(fake.url, lambda: SAMPLE_TOKEN, offline=True)
    asks = (
        lambda: hub.info(TINY),
        lambda: hub.files(TINY, "main"),
        lambda: hub.read(TINY, "main", "x"),
        lambda: hub.search("x"),
        hub.whoami,
        lambda: hub.access(TINY),
        lambda: hub.location(TINY, "main", "x"),
    )
    assert hub.is_offline
    for ask in asks:
        with pytest.raises(OfflineError, match="Offline mode"):
            ask()
    assert fake.connections == 0


def test_the_token_is_asked_for_at_each_call(fake: FakeHub):
    tokens = [SAMPLE_TOKEN, "hf_bad"]
    hub = Hub(fake.url, lambda: tokens[0])
    assert hub.whoami().name == "sample-reader"
    tokens.reverse()
    with pytest.raises(TokenError):
        hub.whoami()
    hub.close()


def test_no_token_is_taken_from_anywhere_else(
    fake: FakeHub, make_hub: MakeHub, monkeypatch: pytest.MonkeyPatch
):
    fake.put(TINY, FILES)
    monkeypatch.setenv("HF_TOKEN", SAMPLE_TOKEN)
    make_hub(fake.url).info(TINY)
    assert all("Authorization" not in request.headers for request in fake.requests)


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "hf_ümlaut"])
def test_a_token_that_cannot_travel_is_refused_unseen(make_hub: MakeHub, token: str):
    with pytest.raises(TokenError) as caught:
        make_hub("http://127.0.0.1:9", token).info(TINY)
    assert token not in repr(caught.value.info)


def test_a_token_is_not_sent_unencrypted_to_another_machine(make_hub: MakeHub):
    with pytest.raises(TokenError, match="not encrypted"):
        make_hub("http://mirror.example", SAMPLE_TOKEN).whoami()


@pytest.mark.parametrize(
    "endpoint", ["", "ftp://hub", "https://", "https://me:pw@hub", "http://x:y"]
)
def test_an_address_that_is_none_is_said(make_hub: MakeHub, endpoint: str):
    with pytest.raises(InputError) as caught:
        make_hub(endpoint).info(TINY)
    assert "pw" not in repr(caught.value.info)


def test_many_threads_may_ask_at_once(fake: FakeHub, make_hub: MakeHub):
    commit = fake.put(TINY, FILES).head.sha
    hub, found = make_hub(fake.url), list[str | None]()
    threads = [
        threading.Thread(
            target=lambda: found.append(hub.location(TINY, commit, "big.safetensors").etag)
        )
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [_file(fake, "big.safetensors").sha256] * 20


def test_connections_are_used_again(fake: FakeHub, make_hub: MakeHub):
    commit = fake.put(TINY, FILES).head.sha
    hub = make_hub(fake.url)
    for _ in range(10):
        hub.location(TINY, commit, "config.json")
    assert fake.connections == 1


def test_nothing_but_the_question_is_sent(fake: FakeHub, make_hub: MakeHub):
    fake.put(TINY, FILES)
    make_hub(fake.url).info(TINY)
    assert [request.path for request in fake.requests] == [f"/api/models/{TINY}/revision/main"]


def test_odd_fields_become_unknown(fake: FakeHub, make_hub: MakeHub):
    odd = {"id": TINY, "sha": "a" * 40, "downloads": "many", "likes": -1, "tags": [1, "x\x1b[2J"]}
    odd |= {"gated": None, "private": "yes", "cardData": {"license": ["a", "b"]}, "siblings": []}
    fake.fail("/api/*", Fault(body=json.dumps(odd).encode()))
    fake.put(TINY, FILES)
    info = make_hub(fake.url).info(TINY)
    assert (info.downloads, info.likes, info.licence, info.size_bytes) == (None,) * 4
    assert (info.gated, info.private, info.last_modified) == (False, False, None)
    assert info.tags == ("x\\x1b[2J",)


def test_the_heavy_library_is_not_imported_before_the_first_question():
    code = (
        "import sys, modelshelf.core.hub.client as c, modelshelf.core.hub.auth;"
        "c.Hub('https://huggingface.co', lambda: None).close();"
        "print([n for n in ('huggingface_hub', 'httpx2', 'httpcore2') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_another_user_of_the_library_keeps_its_own_ways(
    fake: FakeHub, make_hub: MakeHub, tmp_path: Path
):
    """The client library has one HTTP client per process; ours must not change theirs."""
    fake.put(TINY, FILES)
    make_hub(fake.url).info(TINY)
    folder = snapshot_download(TINY, endpoint=fake.url, token=False, cache_dir=tmp_path / "hub")
    assert sorted(path.name for path in Path(folder).iterdir()) == sorted(FILES)


def _file(fake: FakeHub, path: str) -> SampleFile:
    file = fake.model(TINY).head.find(path)
    assert file is not None
    return file


def test_a_moment_has_its_zone(fake: FakeHub, make_hub: MakeHub):
    fake.put(TINY, FILES)
    assert (make_hub(fake.url).info(TINY).last_modified or datetime.min).tzinfo == UTC


def test_variables_that_the_client_library_does_not_understand_are_said():
    # In a process of its own: the library reads its variables once, while it loads.
    program = (
        "from modelshelf.core.errors import InputError\n"
        "from modelshelf.core.hub.client import Hub\n"
        "try:\n"
        "    Hub('http://127.0.0.1:9', lambda: None).info('gpt2')\n"
        "except InputError as error:\n"
        "    print(error.hint)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "HF_HUB_DOWNLOAD_TIMEOUT": "soon"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "Check the environment variables that start with HF_."
