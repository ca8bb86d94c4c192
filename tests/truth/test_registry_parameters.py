"""The formulas behind the registry, held against the models that transformers builds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.registry.golden import GOLDEN

pytestmark = [pytest.mark.truth, pytest.mark.filterwarnings("default")]


def _architectures() -> list[Any]:
    """Return one case for each distinct pair of class and config."""
    cases: dict[str, Any] = {}
    for model, facts in GOLDEN.items():
        key = json.dumps([facts["model_class"], facts["config"]], sort_keys=True)
        cases.setdefault(key, pytest.param(facts, id=model))
    return list(cases.values())


@pytest.mark.parametrize("facts", _architectures())
def test_transformers_builds_as_many_parameters(facts: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed here")
    transformers = pytest.importorskip("transformers", reason="transformers is not installed here")
    settings = dict(facts["config"])
    dense = settings.pop("dense_modules", ())
    config = transformers.AutoConfig.for_model(settings.pop("model_type"), **settings)

    with torch.device("meta"):
        model = getattr(transformers, facts["model_class"])(config)
    model.tie_weights()

    built = sum(tensor.numel() for tensor in model.parameters())
    assert built + sum(rows * columns for rows, columns in dense) == facts["parameters"]
