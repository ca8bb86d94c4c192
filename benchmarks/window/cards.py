"""The program as `modelshelf gui` opens it; says when the cards of all models are painted."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from modelshelf.cli.session import load_settings
from modelshelf.core.jobs import Wanted
from modelshelf.gui.main import Program, keep_smooth
from modelshelf.gui.opening import OwnWorld


class Cards(QObject):
    """Says on stdout that the cards were painted, then closes the program in good order."""

    def __init__(self, program: Program, models: int) -> None:
        super().__init__(program)
        self._program = program
        self._models = models
        page = program.window.models_page
        page.restore({"tab": "all"})
        self._rows = page.model.rowCount
        self._viewport = page.list.viewport()
        self._viewport.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the first paint with all rows."""
        if event.type() == QEvent.Type.Paint and self._rows() >= self._models:
            self._viewport.removeEventFilter(self)
            QTimer.singleShot(0, self._tell)
        return super().eventFilter(watched, event)

    def _tell(self) -> None:
        print("shown", flush=True)
        self._program.leave(Wanted.RUN)


def run(models: int) -> int:
    """Open the program."""
    app = QApplication(["modelshelf"])
    app.setQuitOnLastWindowClosed(False)
    program = Program(app, load_settings(), OwnWorld())
    keep_smooth(program)
    program.ended.connect(app.quit)
    cards = Cards(program, models)
    program.start()
    code = app.exec()
    program.finish()
    cards.deleteLater()
    return code


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1])))
