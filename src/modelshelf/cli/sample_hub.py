"""`sample-hub`: a Hub on this machine, to try everything without an account or a network."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

import click

from modelshelf.cli.session import Session, command
from modelshelf.core.errors import InputError
from modelshelf.core.units import format_speed, parse_size

_LOOK_EVERY = 1.0


@click.command(name="sample-hub")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes a free one.")
@click.option("--limit-rate", metavar="SIZE", help="Bytes per second, for example 5M.")
@command
def sample_hub(session: Session, port: int, limit_rate: str | None) -> None:
    """Serve a dozen small real models until Ctrl-C."""
    # Imported here: no other command needs the server and its models, and each would start slower.
    from modelshelf.sample.models import build_models  # noqa: PLC0415
    from modelshelf.sample.server import SampleHub  # noqa: PLC0415

    output, never = session.output, threading.Event()
    speed = parse_size(limit_rate) if limit_rate else None
    with tempfile.TemporaryDirectory(prefix="modelshelf-sample-") as folder:
        output.status("Making the sample models…")
        models = build_models(Path(folder))
        output.status("")
        try:
            hub = SampleHub(models, port=port, bytes_per_second=speed)
            hub.start()
        except OSError as error:
            raise InputError(
                f"The sample hub cannot listen on port {port}: {error.strerror or error}.",
                hint="Choose another --port, or leave it out to take a free one.",
            ) from error
        try:
            if output.as_json:
                output.event(
                    {
                        "url": hub.url,
                        "token": hub.token,
                        "models": [model.model_id for model in models],
                    }
                )
            else:
                output.line(hub.url)
            output.message(f"Use it from another terminal with HF_ENDPOINT={hub.url}")
            output.message(f"Gated models open with HF_TOKEN={hub.token}")
            if speed:
                output.message(f"Limited to {format_speed(speed)}.")
            output.message("Ctrl-C ends it.")
            # With a timeout: without one, Windows does not let Ctrl-C through.
            while not never.wait(_LOOK_EVERY):
                pass
        finally:
            hub.stop()
