"""`sample-hub`: a Hub on this machine, to try everything without an account or a network."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

import click

from modelshelf.cli.session import Session, command
from modelshelf.core.units import format_speed, parse_size
from modelshelf.sample.models import build_models
from modelshelf.sample.server import SampleHub


@click.command(name="sample-hub")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes a free one.")
@click.option("--limit-rate", metavar="SIZE", help="Bytes per second, for example 5M.")
@command
def sample_hub(session: Session, port: int, limit_rate: str | None) -> None:
    """Serve a dozen small real models on 127.0.0.1 until Ctrl-C."""
    speed = parse_size(limit_rate) if limit_rate else None
    with tempfile.TemporaryDirectory(prefix="modelshelf-sample-") as folder:
        session.output.message("Making the sample models…")
        models = build_models(Path(folder))
        with SampleHub(models, port=port, bytes_per_second=speed) as hub:
            if session.output.as_json:
                session.output.event(
                    {
                        "url": hub.url,
                        "token": hub.token,
                        "models": [model.model_id for model in models],
                    }
                )
            else:
                session.output.line(hub.url)
            session.output.message(f"Use it with HF_ENDPOINT={hub.url}; Ctrl-C ends it.")
            session.output.message(f"Gated models open with HF_TOKEN={hub.token}")
            if speed:
                session.output.message(f"Limited to {format_speed(speed)}.")
            threading.Event().wait()
