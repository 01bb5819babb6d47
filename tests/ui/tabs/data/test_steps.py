"""The data table of sequences: their steps side by side, numbers or symbols."""

import pytest
from PySide6.QtCore import Qt

from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.ui.symbol_edit import SymbolEdit
from nnviz.ui.tabs.data.view import DataView
from tests.ui.sequences import Sequences


def opened(qtbot, name):
    lesson = Sequences(name)
    view = DataView()
    qtbot.addWidget(view)
    view.resize(350, 420)
    view.symbols = lesson.lesson.sequence.symbols
    view.set_graph(lesson.graph, lesson.lesson.textbook)
    view.show_moment(lesson.moment(0), Depth.NEURON, 4)
    view.show()
    qtbot.waitExposed(view)
    return view


def row(view, number):
    return [
        view.model.text_at(view.model.index(number, column)) for column in range(view.model.columnCount())
    ]


def headings(view):
    return [(column.title, column.symbol) for column in view.model.columns]


def test_a_step_has_its_input_and_its_target(qtbot):
    view = opened(qtbot, "820-three-steps")
    assert headings(view) == [(f"step {t}", letter) for t in (1, 2, 3) for letter in ("x", "t")]
    assert row(view, 0) == ["1.0", "0.5", "0.5", "0.0", "−1.0", "−0.5"]


def test_a_target_at_the_end_stands_in_front(qtbot):
    view = opened(qtbot, "822-three-steps-at-the-end")
    assert headings(view) == [("target", "t"), ("step 1", "x"), ("step 2", "x"), ("step 3", "x")]
    assert row(view, 0)[0] == "−0.5"


def test_text_is_shown_in_its_symbols_as_far_as_it_goes(qtbot):
    view = opened(qtbot, "830-remember-simple")
    assert "".join(row(view, 0)) == "a" + "ayyzz"
    assert row(view, 0)[6:] == [""] * 55
    assert "".join(row(view, 59))[0] == "".join(row(view, 59))[1]


def test_the_next_symbol_is_the_target_of_a_step(qtbot):
    view = opened(qtbot, "850-truncated-3")
    assert row(view, 0) == ["a", "b", "b", "b", "b", "b"]


@pytest.mark.parametrize(
    ("name", "column", "wanted"),
    (
        ("820-three-steps", 2, Ref("x", cell=(1, 0), example=0)),
        ("820-three-steps", 5, Ref("t", cell=(2, 0), example=0)),
        ("850-truncated-3", 1, Ref("t", cell=(0, 1), example=0)),
        ("830-remember-simple", 2, Ref("x", cell=(1, 3), example=0)),
    ),
)
def test_a_click_picks_the_number_behind_a_cell(qtbot, name, column, wanted):
    view = opened(qtbot, name)
    where = view.grid.visualRect(view.model.index(0, column)).center()
    with qtbot.waitSignal(view.picked) as picked:
        qtbot.mouseClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert picked.args == [wanted]
    assert view.moment.value(wanted) is not None


def test_numbers_can_be_typed_over(qtbot):
    numbers = opened(qtbot, "820-three-steps")
    assert numbers.model.flags(numbers.model.index(0, 0)) & Qt.ItemFlag.ItemIsEditable
    with qtbot.waitSignal(numbers.edited) as edited:
        numbers.model.setData(numbers.model.index(0, 3), "0,25")
    assert edited.args == [Ref("t", cell=(1, 0), example=0), 0.25]


def editor_at(qtbot, view, row, column):
    view.show()
    where = view.grid.visualRect(view.model.index(row, column)).center()
    qtbot.mouseClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=where)
    qtbot.mouseDClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=where)
    return view.grid.findChild(SymbolEdit)


def test_another_symbol_is_typed_over_a_symbol(qtbot):
    view = opened(qtbot, "850-truncated-3")
    editor = editor_at(qtbot, view, 0, 0)
    assert editor.text() == "a"
    picked = []
    view.picked.connect(picked.append)
    with qtbot.waitSignal(view.edited_many) as edited:
        qtbot.keyClicks(editor, "c")
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert picked[-1] == Ref("x", cell=(0, 2), example=0)
    assert edited.args == [((Ref("x", cell=(0, 0), example=0), 0.0), (Ref("x", cell=(0, 2), example=0), 1.0))]


def test_a_symbol_outside_of_the_alphabet_is_refused_and_changes_nothing(qtbot):
    view = opened(qtbot, "850-truncated-3")
    said, edits = [], []
    view.grid.refused.connect(said.append)
    view.edited_many.connect(edits.append)
    editor = editor_at(qtbot, view, 0, 0)
    editor.setFocus()
    qtbot.keyClicks(editor, "q")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert "found “q”, wanted one of a b c" in said
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert edits == [] and view.model.text_at(view.model.index(0, 0)) == "a"
