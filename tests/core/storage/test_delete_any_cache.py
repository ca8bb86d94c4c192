"""Exactly the planned names and the promised bytes, whatever the cache holds."""

import shutil
from pathlib import Path

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.core.storage.conftest import ONE, TWO, World, broken_links
from tests.support.caches import (
    add_locks,
    add_model,
    add_part,
    blob_name,
    bytes_on_disk,
    commit_of,
    names_below,
    share_blob,
)

from modelshelf.core.stores.layout import repo_folder

CONTENTS = st.sampled_from([b"", b"x", b"y" * 5000, b"z" * 100_000])
NAMES = st.sampled_from(["config.json", "a.safetensors", "b.bin", "sub/c.json", "sub/deep/d.gguf"])
REVISIONS = st.lists(st.dictionaries(NAMES, CONTENTS, min_size=1), min_size=1, max_size=3)


@hypothesis_settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    revisions=REVISIONS,
    others=REVISIONS,
    shared=st.booleans(),
    linked=st.booleans(),
    part=st.booleans(),
    one_revision=st.booleans(),
)
def test_exactly_the_planned_names_go_and_exactly_the_promised_bytes(
    world: World,
    store: Path,
    revisions: list[dict[str, bytes]],
    others: list[dict[str, bytes]],
    shared: bool,
    linked: bool,
    part: bool,
    one_revision: bool,
):
    shutil.rmtree(store)
    store.mkdir()
    for model_id, many in ((ONE, revisions), (TWO, others)):
        for number, files in enumerate(many):
            commit = commit_of(f"{model_id}{number}")
            add_model(store, model_id, files, commit=commit, refs=(f"v{number}",))
            for name, content in files.items():
                blob = repo_folder(store, model_id) / "blobs" / blob_name(name, content)
                if shared and name.endswith(".safetensors") and not blob.is_symlink():
                    share_blob(store, model_id, name, content)
    if part:
        add_part(store, ONE, "a" * 64, b"p" * 6000)
    outside = store.parent / "outside"
    shutil.rmtree(outside, ignore_errors=True)
    outside.mkdir()
    if linked:
        for blob in (repo_folder(store, ONE) / "blobs").iterdir():
            if not blob.is_symlink():
                (outside / blob.name).hardlink_to(blob)
                break
    add_locks(store, ONE)

    plan = world.plan(revision="v0" if one_revision else None)
    before, used = names_below(store), bytes_on_disk(store, outside)
    result = world.deletion.execute(plan, confirmed=True)

    gone = before - names_below(store)
    planned = {name.path for name in plan.names}
    swept = {name for name in gone if name.startswith("blobs/")}
    assert gone - swept == planned
    assert swept <= {f"blobs/{h[:2]}/{h}{end}" for h in plan.payloads for end in ("", ".refs")}
    freed = used - bytes_on_disk(store, outside)
    assert result.freed_bytes == plan.freed_bytes
    assert plan.freed_bytes in (freed, 0)
    # Nothing but folders and links went: that is told as nothing.
    assert plan.freed_bytes or freed <= 4096 * (len(planned) + 2 * len(plan.payloads))
    assert broken_links(store) == []
