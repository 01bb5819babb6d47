"""The violins of networks that read sequences: gates, states, and one of them step by step."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.moment import resolve
from nnviz.engine.notation_gates import matrices
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Part
from nnviz.lessons.catalogue import load
from nnviz.ui.tabs.spread.columns import columns_of
from nnviz.ui.tabs.spread.picture import Choice, Measured, nearest, picture_of, subjects_of
from nnviz.ui.tabs.spread.view import SpreadView

W, Z, A, DELTA = range(4)
NAMES = ("three-steps", "remember-simple", "remember-lstm", "names-lstm")


def moment_of(name, share=1.0):
    lesson = load(name)
    walk = Walk(lesson.timeline)
    return resolve(walk, Cursor(0, round(share * walk.outline(0).length), 0), lesson.textbook)


def picture(moment, subject=""):
    return picture_of(moment, Choice(subject=subject), Measured())


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("three-steps", ("Hidden", "Output")),
        ("remember-lstm", ("f", "i†", "i‡", "o†", "c", "o", "Output")),
        ("lstm-unit", ("f", "i†", "i‡", "o†", "c", "o")),
    ],
)
def test_every_gate_and_every_state_has_a_column(name, titles):
    assert picture(moment_of(name)).titles == titles


@pytest.mark.parametrize("name", NAMES)
def test_the_numbers_are_those_of_the_moment(name):
    moment = moment_of(name)
    shown, columns = picture(moment), columns_of(moment.graph, moment.textbook)
    going = moment.graph.going
    on = np.s_[:] if going is None else moment.array(going.scope).array > 0
    for column, *violins in zip(columns, *(row.violins for row in shown.rows), strict=True):
        quantities = (Z, column.z, Part.VALUE), (A, column.a, Part.VALUE), (DELTA, column.z, Part.DELTA)
        for row, cells, part in quantities:
            if cells is None:
                assert violins[row] is None and shown.rows[row].is_none[columns.index(column)]
                continue
            numbers = moment.array(cells.scopes[0], part).array
            wanted = numbers[on] if numbers.ndim == 3 else numbers
            assert violins[row].spread.count == wanted.size and violins[row].spread.odd == 0
            assert violins[row].spread.mean == pytest.approx(wanted.mean())


@pytest.mark.parametrize("name", NAMES)
def test_the_weights_of_a_gate_are_its_rows(name):
    moment = moment_of(name)
    shown, layer = picture(moment), moment.graph.layers[0]
    parts = [moment.array(node.scope, Part.NEW).array for node in (layer.w_h, layer.w_x)]
    slopes = [moment.array(node.scope, Part.GRADIENT).array for node in (layer.w_h, layer.w_x)]
    for violin, bar, gate in zip(shown.rows[W].violins, shown.gradients, matrices(layer), strict=False):
        rows = np.concatenate([part[gate.rows] for part in parts], axis=1)
        assert violin.spread.deviation == pytest.approx(rows.std()) and violin.spread.count == rows.size
        gradient = np.concatenate([part[gate.rows] for part in slopes], axis=1)
        assert (bar.mean, bar.count) == (pytest.approx(np.abs(gradient).mean()), rows.size)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.02, 0.2, 0.6, 0.9, 1.0])
def test_the_nearest_number_is_one_that_is_there(name, share):
    moment = moment_of(name, share)
    subjects = ("", *subjects_of(moment.graph, moment.textbook))
    for subject in subjects:
        for row in picture(moment, subject).rows:
            for violin in row.violins:
                if violin is not None:
                    ref = nearest(violin, 0.7, moment)
                    value = moment.value(ref)
                    assert violin.cells.holds(ref) and np.isfinite(value)
                    distances = np.abs(violin.axis.place(violin.values) - 0.7)
                    assert abs(violin.axis.place(value) - 0.7) == pytest.approx(np.nanmin(distances))


def test_step_by_step_it_has_a_column_for_each_step():
    moment = moment_of("remember-simple")
    numbers, going = moment.array("memory/h").array, moment.array(moment.graph.going.scope).array > 0
    shown = picture(moment, "Memory")
    assert shown.titles == tuple(f"t={t}" for t in range(1, 61)) and shown.gradients == ()
    assert [row.quantity.letter for row in shown.rows] == ["z", "a", "δ"]
    for t, violin in enumerate(shown.rows[1].violins):
        assert violin.spread.mean == pytest.approx(numbers[going[:, t], t].mean())
    assert [v.spread.count for v in shown.rows[0].violins][::12] == [
        4 * lines for lines in (60, 36, 24, 24, 12)
    ]


def test_a_state_has_no_sums_step_by_step():
    shown = picture(moment_of("remember-lstm"), "Memory, state c")
    assert [row.quantity.letter for row in shown.rows] == ["a"]


def test_what_is_not_computed_yet_is_not_there():
    moment = moment_of("three-steps", 0.1)
    first = picture(moment, "Hidden").rows[0].violins
    assert first[0] is not None and first[-1] is None


@pytest.fixture
def view(qtbot):
    view = SpreadView()
    qtbot.addWidget(view)
    view.resize(364, 640)
    moment = moment_of("remember-lstm")
    view.set_graph(moment.graph, moment.textbook)
    view.show()
    qtbot.waitExposed(view)
    view.show_moment(moment, Depth.NEURON, 4)
    return view


def test_a_subject_is_chosen_with_the_keys_and_its_numbers_are_picked(view, qtbot):
    view.subject.setFocus()
    QTest.keyClick(view.subject, Qt.Key.Key_Down)
    view.subject.activated.emit(view.subject.currentIndex())
    assert view.choice.subject == "Memory, forget gate f" and view.board.picture.titles[0] == "t=1"
    with qtbot.waitSignal(view.picked) as picked:
        QTest.mouseClick(view.board.viewport(), Qt.MouseButton.LeftButton, pos=view.board.place_of(1, 2))
    (ref,) = picked.args
    assert (ref.scope, ref.cell[0]) == ("memory/f", 2)
    view.show_selection(ref)
    violins = view.board.picture.rows[1].violins
    assert [view.board._marked(violin) is not None for violin in violins[:4]] == [False, False, True, False]


def test_a_place_that_a_state_has_nothing_for_says_so(view):
    plan = view.board.plan.plot(Z, 4)
    at = QPoint(round(plan.center.x), round(plan.center.y))
    assert view.board.tip_at(at) == "Weighted sums z, Memory, state c: has none"


def test_other_networks_have_nothing_to_choose(view):
    lesson = load("power-plant-logistic")
    view.set_graph(lesson.timeline.graph, lesson.textbook)
    assert not view.subject.isVisible() and view.choice.subject == ""
