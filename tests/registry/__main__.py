"""Prints the figures of a config, ready for `registry.yaml`.

Usage: python -m tests.registry CONFIG.json MODEL_CLASS
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.registry.parameters import count_parameters, dimensions


def main(path: str, model_class: str) -> None:
    config = json.loads(Path(path).read_text(encoding="utf-8"))
    size = ", ".join(f"{name}: {value}" for name, value in dimensions(config).items())
    sys.stdout.write(f"    parameters: {count_parameters(config, model_class)}\n")
    sys.stdout.write(f"    weights: {{dtype: …, {size}}}\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
