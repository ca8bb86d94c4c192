"""`usage`: who relies on a model."""

from __future__ import annotations

import click

from modelshelf.cli.findings import print_findings
from modelshelf.cli.session import Session, command
from modelshelf.core.model import short_name
from modelshelf.core.units import format_bytes


@click.command()
@click.argument("model")
@command
def usage(session: Session, model: str) -> None:
    """Say who uses a model, and what deleting it would free."""
    with session.shelf() as shelf:
        report = shelf.usage.report(shelf.catalogue.resolve(model))

    def human() -> None:
        output = session.output
        name = short_name(report.model_id)
        if report.size_on_disk:
            whole = "" if report.is_installed else "not complete, "
            output.line(
                f"{name} is {whole}{format_bytes(report.size_on_disk)} on disk; "
                f"deleting it frees {format_bytes(report.estimated_freed)}."
            )
        else:
            output.line(f"{name} is not installed.")
        print_findings(report.findings, output.line)
        if not report.findings:
            output.line("Nobody uses it.")

    session.show(report.as_json(), human)
