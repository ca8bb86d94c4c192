"""What can speak against an operation, in the words of the core."""

from __future__ import annotations

from modelshelf.core.plan import Finding, FindingKind, Weight

IN_COLLECTION = Finding(
    FindingKind.COLLECTION,
    Weight.BLOCKER,
    "Collection “thesis-rag” uses it for embedding",
    "Choose another model there first.",
    subject="thesis-rag",
)
IN_MEMORY = Finding(
    FindingKind.PROCESS,
    Weight.BLOCKER,
    "python (process 48213) has its files in use",
    "train.py, since 20 Nov 14:02",
    subject="48213",
    overridable=True,
)
RUNNING_JOB = Finding(
    FindingKind.JOB,
    Weight.BLOCKER,
    "A download of it is running (job 7f3a)",
    "Cancel that job first, or let it finish.",
    subject="7f3a",
)
IS_DEFAULT = Finding(
    FindingKind.PREFERENCE,
    Weight.WARNING,
    "It is your default for embedding",
    "The default becomes “none” until you choose another.",
    subject="embedding",
)
IN_TIER = Finding(
    FindingKind.TIER,
    Weight.WARNING,
    "The tier “low” uses it",
    "The tier becomes empty until you choose another.",
    subject="low",
)
SHARED = Finding(
    FindingKind.SHARED_BYTES,
    Weight.INFORMATION,
    "Deleting it frees 0.6 GB now",
    "0.6 GB stay: something else on the disk uses the same bytes.",
)
NOT_ALLOWED = Finding(
    FindingKind.PERMISSION,
    Weight.BLOCKER,
    "You may not delete models on this machine",
    "lena or lab-admins may.",
    subject="/etc/xdg/modelshelf/policy.yaml",
)
