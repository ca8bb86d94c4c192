"""The least a window with a list can be in PySide6: what a start is compared with."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, QObject, QStringListModel, QTimer
from PySide6.QtWidgets import QApplication, QListView, QMainWindow

ROWS = 500


class FirstFrame(QObject):
    """Says on stdout that the list was painted, then ends the program."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the first paint."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self.tell)
        return super().eventFilter(watched, event)

    def tell(self) -> None:
        """The frame is on its way to the screen."""
        print("shown", flush=True)
        QApplication.quit()


def run() -> int:
    """Show the window."""
    app = QApplication(["bare"])
    window = QMainWindow()
    view = QListView()
    view.setModel(QStringListModel([f"team/model-{row}" for row in range(ROWS)]))
    window.setCentralWidget(view)
    window.resize(1440, 900)
    first = FirstFrame()
    view.viewport().installEventFilter(first)
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(run())
