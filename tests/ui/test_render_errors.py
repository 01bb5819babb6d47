"""An error while a picture is made: no half-updated file, and no success."""

import pytest

from nnviz import commands
from nnviz.engine.cursor import Cursor
from nnviz.lessons import catalogue
from nnviz.ui.formula_panel import FormulaPanel
from nnviz.ui.render import Picture, render
from nnviz.ui.views.strip import EquationStrip


def fail(*_):
    raise ZeroDivisionError("in the middle of a picture")


# What a paint event calls, not the event: PySide6 remembers the override of a class, and calls it ever after.
@pytest.mark.parametrize(("view", "method"), [(EquationStrip, "show_moment"), (FormulaPanel, "_lights")])
@pytest.mark.parametrize("ending", ["png", "svg"])
def test_nothing_is_written_when_a_slot_fails(qapp, monkeypatch, tmp_path, view, method, ending):
    monkeypatch.setattr(view, method, fail)
    path = tmp_path / f"picture.{ending}"
    with pytest.raises(ZeroDivisionError, match="in the middle of a picture"):
        render(catalogue.load("xor"), Cursor(0, 3, 0), Picture(), path)
    assert not path.exists()
    assert not any(widget.isVisible() for widget in qapp.topLevelWidgets())


def test_the_command_does_not_succeed(qtbot, monkeypatch, tmp_path):
    monkeypatch.setattr(EquationStrip, "show_moment", fail)
    with pytest.raises(ZeroDivisionError):
        commands.run(["render", "xor", "-o", str(tmp_path / "picture.png")])
    assert list(tmp_path.iterdir()) == []


def test_an_existing_picture_is_left_as_it_is(qtbot, monkeypatch, tmp_path):
    path = tmp_path / "picture.svg"
    path.write_text("of yesterday")
    monkeypatch.setattr(EquationStrip, "show_moment", fail)
    with pytest.raises(ZeroDivisionError):
        render(catalogue.load("xor"), Cursor(0, 3, 0), Picture(), path)
    assert path.read_text() == "of yesterday"
