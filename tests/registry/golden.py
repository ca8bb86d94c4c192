"""Reads the figures that were derived for the registry, and the configs beside the checkout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
REGISTRY = ROOT / "registry.yaml"
SHARED_CONFIGS = ROOT.parent / "shared" / "data" / "configs"
DTYPE_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2}

GOLDEN: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("golden_parameters.json").read_text(encoding="utf-8")
)
"""Model id to: parameters, model_class, source, config, and where given documented_by,
shared_config with changes, active_parameters, surplus with stored_bytes."""
