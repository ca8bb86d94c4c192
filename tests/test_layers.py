"""The core and the command line must work where Qt is not installed."""

import subprocess
import sys

_PROBE = """
import importlib, pkgutil, sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("PySide6", "shiboken6", "qasync"):
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, NoQt())
count = 0
for package in ("modelshelf.core", "modelshelf.cli", "modelshelf.sample"):
    root = importlib.import_module(package)
    for module in pkgutil.walk_packages(root.__path__, f"{package}."):
        importlib.import_module(module.name)
        count += 1
print(count)
"""


def test_core_and_command_line_import_without_qt():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _PROBE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 30
