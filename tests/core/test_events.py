from modelshelf.core.events import (
    ConnectivityChanged,
    Event,
    FileDone,
    InventoryChanged,
    JobChanged,
    JobProgress,
    UsageChanged,
)
from modelshelf.core.model import JobKind, JobState, ModelId

BGE = ModelId("BAAI/bge-m3")


def progress(job: str, done: int) -> JobProgress:
    return JobProgress(job, BGE, done, 10, 1.0, None)


def changed(state: JobState) -> JobChanged:
    return JobChanged("a", BGE, JobKind.DOWNLOAD, state)


def test_of_one_frame_the_last_progress_of_each_job_stays_and_no_change_of_state_is_lost():
    events: list[Event] = [
        changed(JobState.QUEUED),
        progress("a", 1),
        progress("b", 1),
        changed(JobState.RUNNING),
        progress("a", 2),
        FileDone("a", BGE, "config.json", 2),
        FileDone("a", BGE, "model.safetensors", 8),
        InventoryChanged(frozenset({BGE})),
        InventoryChanged(),
        UsageChanged("tiers"),
        UsageChanged("notes"),
        ConnectivityChanged(False, "no name"),
        ConnectivityChanged(True),
        changed(JobState.DONE),
    ]
    batch = {event.key: event for event in events}
    lost = [event for event in events if event not in batch.values()]
    assert lost == [progress("a", 1), ConnectivityChanged(False, "no name")]
