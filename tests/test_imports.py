"""What each part needs to be imported, tried in a fresh interpreter that refuses the rest."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WINDOW = ["PySide6", "shiboken6", "pyqtgraph"]

IMPORT_ALL = """
import importlib, pkgutil, sys

class Refusal:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {refused!r} or name in {refused!r}:
            raise ImportError("refused here: " + name)

sys.meta_path.insert(0, Refusal())
top = importlib.import_module({name!r})
count = 1
for found in pkgutil.walk_packages(getattr(top, "__path__", []), {name!r} + "."):
    importlib.import_module(found.name)
    count += 1
print(count)
"""


def import_all(name, refused, *options):
    """Import a module and everything below it where some names are refused."""
    code = IMPORT_ALL.format(name=name, refused=refused)
    command = [sys.executable, *options, "-c", code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("package", "refused"),
    [
        ("nnviz.engine", [*WINDOW, "pydantic", "nnviz.lessons", "nnviz.ui"]),
        ("nnviz.lessons", [*WINDOW, "nnviz.ui"]),
    ],
)
def test_works_without_a_window(package, refused):
    done = import_all(package, refused)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 1


@pytest.mark.parametrize("module", ["nnviz.bootstrap", "nnviz.menu", "nnviz.resources"])
def test_needs_only_the_standard_library(module):
    # -S: no installed package is found.
    done = import_all(module, ["nnviz.engine", "nnviz.lessons", "nnviz.ui"], "-S")
    assert done.returncode == 0, done.stderr


def test_the_refusal_refuses():
    done = import_all("json", ["json.decoder"])
    assert done.returncode != 0
    assert "refused here: json.decoder" in done.stderr


def test_a_window_starts_without_what_it_may_never_need():
    late = ["pydantic", "pyqtgraph", "tomllib", "nnviz.lessons.schema"]
    code = f"import sys, nnviz.ui.application, nnviz.ui.main_window; print(*set({late}) & set(sys.modules))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
