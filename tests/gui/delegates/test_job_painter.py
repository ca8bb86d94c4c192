"""Where things are on a job's row: inside it, apart from each other, at any width."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from tests.support.scenes import jobs

from modelshelf.core.jobs import JobRecord
from modelshelf.gui.delegates.job_painter import job_layout, job_size
from modelshelf.gui.job_words import job_actions


@pytest.mark.parametrize("right_to_left", [False, True])
@pytest.mark.parametrize("width", [360, 520, 760, 1200])
@pytest.mark.parametrize("job", jobs(), ids=lambda job: f"{job.state}-{job.kind}")
def test_nothing_overlaps_or_sticks_out(
    qapp: object, job: JobRecord, width: int, right_to_left: bool
) -> None:
    layout = job_layout(QRect(0, 0, *job_size(width).toTuple()), job, right_to_left=right_to_left)
    parts = [layout.title, layout.pill, layout.facts, layout.bar, *layout.buttons]
    shown = [part for part in parts if not part.isEmpty()]
    assert len(layout.buttons) == len(job_actions(job))
    for part in shown:
        assert layout.frame.contains(part), part
    for place, part in enumerate(shown):
        for other in shown[place + 1 :]:
            assert not part.intersects(other), (part, other)
