"""The canvas of recurrent networks: unrolled in time, one step opened, and nothing before it is computed."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnviz.engine.numbers import show
from nnviz.engine.outline import Depth, Kind, Pass
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import STEP_LOSSES, Part, Ref
from nnviz.engine.typeset import SUBSCRIPTS, SUPERSCRIPTS
from nnviz.lessons.catalogue import from_text, load
from nnviz.resources import resource
from nnviz.ui import style
from nnviz.ui.items.grid import GridItem
from nnviz.ui.layout.steps import window_around
from tests.ui.stand import CANVAS, LEFT, SMALL, Stand

FOLDER = resource("lessons")
FILES = sorted(FOLDER.glob("8*.nnviz.toml"))
GATE, GATE_DELTA = Ref("lstm/f", cell=(0, 1)), Ref("lstm/z_f", Part.DELTA, (0, 1))
DEPTHS = (Depth.TERM, Depth.NEURON, Depth.MAP, Depth.LAYER, Depth.PASS)


def lesson(name):
    return load(str(next(path for path in FILES if path.name.endswith(f"-{name}.nnviz.toml"))))


def positions(outline, count=12):
    """Some in every stage, its first and last ones among them."""
    found = {0, outline.length}
    for stage in outline.stages:
        found |= {stage.starts[1], stage.end, (stage.start + stage.end) // 2}
    found |= {round(share * outline.length) for share in np.linspace(0, 1, count)}
    return sorted(found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_number_is_the_one_of_the_moment_and_none_is_there_too_early(qtbot, path):
    stand = Stand(qtbot, load(str(path)))
    for k, position in enumerate(positions(stand.outline)):
        moment = stand.go(position, DEPTHS[k % len(DEPTHS)])
        items = list(stand.view.board.items_with_numbers())
        assert items
        for number in (number for item in items for number in item.numbers()):
            value = moment.value(number.ref)
            assert value is not None and value == number.value, (position, number.ref)
            assert number.text in {show(value, 4, moment.decimals(number.ref)), show(value, 4, 0)}
        for placed in stand.placed():
            if moment.value(placed.number.ref) is None:
                assert (placed.number.text, placed.number.value) == ("", None), placed.number.ref


GRU = """
format = 1
title = "A stack"
source = "none"
summary = "A GRU below an LSTM."

[network]
inputs = ["x"]
initial = { method = "glorot_uniform", seed = 3 }

[[network.layers]]
name = "Lower"
kind = "gru"
units = 3
KEEP

[[network.layers]]
name = "Upper"
kind = "lstm"
units = 2
KEEP

[[network.layers]]
name = "Output"
units = 2
activation = "softmax"

[data]
sequences = [[[1.0], [0.5], [-1.0], [0.1]]]
targets = [[[1, 0], [0, 1], [1, 0], [0, 1]]]

[training]
loss = "cross_entropy"
learning_rate = 0.1
"""


SHORTER = """
sequences = [[[1.0], [0.5], [-1.0], [0.1]], [[0.3], [0.2]]]
targets = [[[1, 0], [0, 1], [1, 0], [0, 1]], [[0, 1], [0, 1]]]
"""
ONE = GRU[GRU.index("sequences") : GRU.index("[training]")]


def stack(keep="", data=ONE):
    return from_text(GRU.replace("KEEP", keep).replace(ONE, data), "stack")


@pytest.mark.parametrize("keep", ["", "keep = 0.5"], ids=["whole", "dropout"])
@pytest.mark.parametrize("data", [ONE, SHORTER], ids=["one", "different lengths"])
def test_every_number_of_a_stack_with_a_gru_has_a_place_in_time(qtbot, keep, data):
    stand = Stand(qtbot, stack(keep, data))
    for stage in (one for one in stand.outline.stages if isinstance(one.layer, RecurrentLayer)):
        if stage.kind in (Kind.SUM, Kind.DELTA):
            for end in stage.starts[1:]:
                moment = stand.go(end)
                ref = moment.leaf.ref
                assert stand.view.rect_of(ref) is not None or moment.is_over(ref), ref
                for number in (placed.number for placed in stand.placed()):
                    assert moment.value(number.ref) == number.value


@pytest.mark.parametrize("kind", ["gru", "lstm", "recurrent"])
def test_the_mask_of_dropout_stands_in_the_opened_cell(qtbot, kind):
    text = GRU.replace('kind = "gru"', f'kind = "{kind}"').replace("KEEP", "keep = 0.5")
    stand = Stand(qtbot, from_text(text, "stack"))
    stand.go_to(Ref("lower/h", cell=(1, 2)))
    assert {Ref("lower/mask", cell=(i,)) for i in range(3)} <= set(stand.view.refs())


# Errors that come in


def forks(stand):
    """By state, whether the errors that are added there have come back."""
    scenery = stand.view._scenery
    cell, place = scenery._cell._picture, scenery._cell._place
    knots = [knot for knot in place.knots if not knot.text]
    return {knot.site: tuple(cell.has_back(name) for name in knot.joins) for knot in knots}


def test_the_error_of_a_state_is_the_sum_of_two_that_stand_on_their_ways(qtbot):
    stand = Stand(qtbot, lesson("three-steps"))
    for step, back in ((2, (True, False)), (1, (True, True))):
        moment = stand.go_to(Ref("rnn/h", Part.GRADIENT, (step, 1)))
        assert forks(stand) == {"h": back}
        above, later = Ref("rnn/h", Part.ABOVE, (step, 0)), Ref("rnn/h_prev", Part.GRADIENT, (step + 1, 0))
        parts = [above, later] if step < 2 else [above]
        whole = moment.value(Ref("rnn/h", Part.GRADIENT, (step, 0)))
        assert whole == pytest.approx(sum(moment.value(ref) for ref in parts))
        for ref in parts:
            stand.click(ref)
            assert stand.heard["picked"][-1] == ref


def test_given_errors_do_not_flow_before_the_backward_pass(qtbot):
    stand = Stand(qtbot, lesson("lstm-unit"))
    backward = stand.stage(Kind.DELTA)
    stand.go(backward.start)
    assert forks(stand) == {"c": (False, False), "h": (False, False)}
    stand.go(backward.end)
    assert forks(stand) == {"c": (True, True), "h": (True, True)}


# Slopes


@pytest.mark.parametrize("name", ["f", "o_sigma", "i_tanh", "o_tanh"])
def test_a_slope_stands_in_its_block_while_it_is_a_factor(qtbot, name):
    stand = Stand(qtbot, lesson("lstm-unit"))
    slope = Ref(f"lstm/{name}", Part.SLOPE, (0, 0))
    stand.go(stand.outline.length)
    assert slope not in stand.view.refs()
    moment = stand.go_to(Ref(f"lstm/z_{name}", Part.DELTA, (0, 0)))
    placed = next(one for one in stand.placed() if one.number.ref == slope)
    assert (placed.number.value, bool(placed.number.tag)) == (moment.value(slope), True)
    stand.click(slope)
    assert stand.heard["picked"][-1] == slope
    stand.go(stand.outline.length)
    stand.view.show_selection(slope)
    assert slope in stand.view.refs()


# What is where


@pytest.mark.parametrize("size", [CANVAS, SMALL, (560, 360)], ids=str)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_two_numbers_meet_and_all_are_inside_of_the_view(qtbot, path, size):
    stand = Stand(qtbot, load(str(path)), size)
    area = stand.view.board.sceneRect()
    for position in positions(stand.outline, 6):
        stand.go(position)
        rooms = _rooms(stand)
        assert all(area.contains(room) for room, _ in rooms), position
        edges = np.array([(r.left(), r.top(), r.right(), r.bottom()) for r, _ in rooms]).reshape(-1, 4)
        low = np.maximum(edges[:, None, :2], edges[None, :, :2])
        shared = (np.minimum(edges[:, None, 2:], edges[None, :, 2:]) - low).min(axis=2)
        np.fill_diagonal(shared, 0)
        one, other = np.unravel_index(int(shared.argmax()), shared.shape)
        assert shared[one, other] <= 2, (position, rooms[one][1], rooms[other][1])


def _rooms(stand):
    """Of all numbers that are written out, and of all vectors in colors."""
    written = [(one.rect.adjusted(2, 2, -2, -2), one.number.ref) for one in stand.placed()]
    for item in stand.view.board.items_with_numbers():
        if isinstance(item, GridItem):
            part = item.part
            first, last = part.address.ref(0, 0), part.address.ref(part.rows - 1, part.columns - 1)
            written.append((item.box_of(first) | item.box_of(last), first))
    return written


def test_the_columns_have_what_every_step_reads_makes_and_gets_wrong(qtbot):
    stand = Stand(qtbot, lesson("three-steps"))
    stand.go(stand.outline.length)
    drawn = set(stand.view.refs())
    for t in range(3):
        for scope, width in (("x", 1), ("rnn/h", 2), ("output/a", 1)):
            assert {Ref(scope, cell=(t, i)) for i in range(width)} <= drawn
        assert Ref(STEP_LOSSES, cell=(t,)) in drawn


@pytest.mark.parametrize("name", ["lstm-unit", "forget-gate", "three-steps", "three-steps-at-the-end"])
def test_the_number_of_every_step_through_a_layer_has_a_place(qtbot, name):
    stand = Stand(qtbot, lesson(name))
    for stage in stand.outline.stages:
        if stage.layer is None:
            continue
        for start in stage.starts[1:]:
            moment = stand.go(start)
            assert stand.view.rect_of(moment.leaf.ref) is not None, moment.leaf.ref


# The pointer and the selection


def test_a_click_on_a_number_picks_it(qtbot):
    stand = Stand(qtbot, lesson("lstm-unit"))
    stand.go(stand.outline.length)
    for ref in (GATE, GATE_DELTA, Ref("x", cell=(0, 0)), Ref("lstm/c", Part.GRADIENT, (0, 0))):
        stand.click(ref)
        assert stand.heard["picked"][-1] == ref


def test_a_cell_of_a_long_vector_can_be_pointed_at(qtbot):
    stand = Stand(qtbot, lesson("names-lstm"))
    stand.go(stand.outline.stages[0].end // 2)
    ref = Ref("memory/f", cell=(3, 17))
    stand.view.show_selection(ref)
    QTest.mouseMove(stand.viewport, stand.at(ref))
    assert stand.heard["pointed"][-1] == ref


def test_an_input_can_be_typed_over(qtbot):
    stand = Stand(qtbot, lesson("three-steps"))
    stand.go(0)
    ref = Ref("x", cell=(1, 0))
    stand.double_click(ref)
    stand.view.field.setText("0.25")
    QTest.keyClick(stand.view.field, "\r")
    assert stand.heard["edited"] == [(ref, 0.25)]


def test_many_digits_are_cut_to_what_a_cell_has_room_for(qtbot):
    stand = Stand(qtbot, lesson("lstm-unit"))
    moment = stand.go_to(GATE, digits=9)
    texts = {placed.number.ref: placed.number.text for placed in stand.placed()}
    assert texts[GATE] == show(moment.value(GATE), 5)
    assert show(moment.value(GATE), 9)[:9] in stand.view._tip(stand.number(GATE))
    assert max(map(len, texts.values())) <= 9


def opened(stand):
    """The steps whose sums are drawn: only an opened step shows them."""
    return {ref.cell[0] for ref in stand.view.refs() if ref.scope in ("rnn/z", "memory/z_f", "lstm/z_f")}


def test_a_click_on_a_column_opens_it_until_the_lesson_goes_on(qtbot):
    stand = Stand(qtbot, lesson("three-steps"))
    stage = stand.outline.stages[0]
    stand.go(stage.end)
    assert opened(stand) == {2}
    column = stand.view.rect_of(Ref("x", cell=(0, 0)))
    QTest.mouseClick(stand.viewport, LEFT, pos=(column.topLeft() - QPointF(14, 0)).toPoint())
    assert opened(stand) == {0}
    assert stand.heard["picked"] == []
    stand.go(stage.end - 1)
    assert opened(stand) == {2}


@pytest.mark.parametrize(("row", "shows"), [(0, "rnn/z"), (1, "rnn/z"), (2, "output/z")])
def test_a_click_beside_a_vector_opens_the_layer_that_makes_it(qtbot, row, shows):
    stand = Stand(qtbot, lesson("three-steps"))
    stand.go(stand.outline.stages[-1].end)
    place = stand.view._scenery._columns._place
    beside = QPointF(place.cards[1].x + 4, place.boxes[1][row].center.y)
    QTest.mouseClick(stand.viewport, LEFT, pos=stand.view.board.mapFromScene(beside))
    assert {ref.cell[0] for ref in stand.view.refs() if ref.scope == shows} == {1}


@pytest.mark.parametrize("height", [0.0, 0.25, 0.5, 1.0], ids=lambda share: f"at {share}")
@pytest.mark.parametrize("step", [0, 1])
def test_a_click_anywhere_in_a_column_opens_its_step(qtbot, step, height):
    stand = Stand(qtbot, lesson("three-steps-at-the-end"))
    stand.go(stand.outline.stages[1].end)  # the output is open, which has only the end
    card = stand.view._scenery._columns._place.cards[step]
    beside = QPointF(card.x + 5, card.y + 6 + height * (card.height - 12))
    QTest.mouseClick(stand.viewport, LEFT, pos=stand.view.board.mapFromScene(beside))
    assert opened(stand) == {step}
    assert not any(ref.scope == "output/z" for ref in stand.view.refs())


def test_a_column_over_which_nothing_stands_leads_nowhere(qtbot):
    stand = Stand(qtbot, lesson("three-steps-at-the-end"))
    stage = next(
        one for one in stand.outline.stages if one.into is Pass.BACKWARD and one.layer.scope == "rnn"
    )
    stand.go(stage.end)
    found = {}
    for step in range(3):
        stand.view.show_selection(Ref("rnn/h", cell=(step, 0)))
        cell, place = stand.view._scenery._cell._picture, stand.view._scenery._cell._place
        ups = [track for track in place.tracks if track.is_up]
        assert ups
        found[step] = cell.is_read, cell.has_back("above"), 1 in columns_of(stand)[step].back
    assert found == {0: (False,) * 3, 1: (False,) * 3, 2: (True,) * 3}


@pytest.mark.parametrize("name", ["three-steps-at-the-end", "remember-lstm", "three-steps"])
def test_the_letters_of_the_picture_have_the_indices_of_the_notation(qtbot, name):
    """A vector of no step is named by its unit and layer, one of a step by the step."""
    stand = Stand(qtbot, lesson(name))
    for stage in stand.outline.stages:
        stand.go(stage.end)
        cell = stand.view._scenery._cell._picture
        vectors = [one for site in cell.sites for one in (site.value, site.error) if one is not None]
        for vector in vectors:
            ref = vector.grid.address.ref(0, 0)
            inner = stand.textbook.notation.name(ref).by or stand.textbook.notation.name(ref)
            if "t" in inner.sub:
                assert inner.sub.endswith(vector.sub) or not vector.sub.isdecimal()
            else:
                wanted = inner.over.translate(SUPERSCRIPTS)
                wanted = (inner.sub.translate(SUBSCRIPTS) if vector.units == 1 else "") + wanted
                assert vector.sub == "" and vector.letter.endswith(inner.letter + wanted)


def columns_of(stand):
    return stand.view._scenery._columns._picture.columns


def test_the_step_of_a_selected_number_is_opened(qtbot):
    stand = Stand(qtbot, lesson("three-steps"))
    stand.go(stand.outline.stages[0].end)
    stand.view.show_selection(Ref("rnn/h", cell=(1, 0)))
    assert opened(stand) == {1}


def test_a_click_on_the_strip_of_all_steps_goes_there(qtbot):
    stand = Stand(qtbot, lesson("remember-lstm"))
    stand.go(stand.outline.stages[0].end)
    steps = stand.view.graph.inputs.shape[0]
    place = stand.view._scenery._columns._place.strip
    at = stand.view.board.mapFromScene(QPointF(place.x + place.width * 10.5 / steps, place.center.y))
    QTest.mouseClick(stand.viewport, LEFT, pos=at)
    assert opened(stand) == {10}
    assert Ref("memory/h", cell=(10, 0)) in stand.view.refs()


@pytest.mark.parametrize(("steps", "across"), [(20, 6), (60, 6), (5, 6), (7, 1), (9, 2), (10, 3), (256, 11)])
def test_columns_stay_for_a_while_and_have_neighbors(steps, across):
    windows = [window_around(step, steps, across) for step in range(steps)]
    for step, window in enumerate(windows):
        assert step in window and len(window) == min(steps, across)
        assert window.start >= 0 and window.stop <= steps
        if across > 2:
            assert {max(step - 1, 0), min(step + 1, steps - 1)} <= set(window)
    turned = sum(one != other for one, other in zip(windows, windows[1:], strict=False))
    assert turned <= max(0, steps - across) and (across <= 3 or turned <= steps // (across - 2))


def shown_steps(stand):
    return [column.step for column in stand.view._scenery._columns._picture.columns]


def turn(stand, notches):
    point = QPointF(stand.viewport.rect().center())
    event = QWheelEvent(
        point,
        stand.viewport.mapToGlobal(point),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(stand.viewport, event)


def test_long_sequences_slide_below_the_wheel_and_follow_the_lesson_again(qtbot):
    stand = Stand(qtbot, lesson("remember-simple"))
    stand.go_to(Ref("memory/h", cell=(30, 3)))
    before = shown_steps(stand)
    assert 30 in before
    turn(stand, -2)
    assert shown_steps(stand) == [step + 2 for step in before]
    turn(stand, 12)
    assert shown_steps(stand) == [step - 10 for step in before]
    turn(stand, 60)
    assert shown_steps(stand)[0] == 0
    stand.go_to(Ref("memory/h", cell=(31, 0)))
    assert 31 in shown_steps(stand)


def test_long_sequences_can_be_dragged(qtbot):
    stand = Stand(qtbot, lesson("remember-simple"))
    stand.go_to(Ref("memory/h", cell=(30, 3)))
    before = shown_steps(stand)
    pitch = round(stand.view._scenery.pitch)
    start = QPoint(stand.viewport.width() // 2, stand.viewport.height() - 4)
    QTest.mousePress(stand.viewport, LEFT, pos=start)
    for way in (60, 120, 3 * pitch):
        QTest.mouseMove(stand.viewport, start + QPoint(way, 0))
    QTest.mouseRelease(stand.viewport, LEFT, pos=start + QPoint(3 * pitch, 0))
    assert shown_steps(stand) == [step - 3 for step in before]
    assert stand.heard["picked"] == []


@pytest.mark.parametrize("name", ["remember-lstm", "names-simple"])
def test_the_step_of_the_lesson_is_always_in_sight(qtbot, name):
    stand = Stand(qtbot, lesson(name))
    for step in range(stand.view.graph.inputs.shape[0]):
        stand.go_to(Ref("memory/h", cell=(step, 0)))
        assert step in shown_steps(stand)


@pytest.mark.parametrize("address", ["w_f[lstm,2,0]", "w_o_sigma[lstm,1,2]"])
def test_a_weight_under_the_pointer_lights_the_gate_that_uses_it(qtbot, address):
    stand = Stand(qtbot, lesson("lstm-unit"))
    moment = stand.go(stand.outline.length)
    before = stand.viewport.grab().toImage()
    stand.view.show_pointed(moment.notation.parse(address))
    assert stand.view._scenery._cell._picture.lit == {"z" + address.partition("[")[0][1:]}
    assert stand.viewport.grab().toImage() != before


def test_a_weight_under_the_pointer_lights_its_uses_in_all_columns(qtbot):
    stand = Stand(qtbot, lesson("three-steps"))
    stand.go(stand.outline.stages[0].end)
    stand.view.show_pointed(Ref("rnn/w_h", cell=(0, 1)))
    assert all(one.is_lit for one in stand.view._scenery._columns._picture.handed)
    stand.view.show_pointed(Ref("rnn/w_x", cell=(0, 0)))
    picture = stand.view._scenery._columns._picture
    assert picture.lit_rows == {1} and not any(one.is_lit for one in picture.handed)


def test_a_bias_under_the_pointer_frames_what_it_is_added_to(qtbot):
    stand = Stand(qtbot, lesson("three-steps"))
    stand.go(stand.outline.stages[0].end)
    before = stand.viewport.grab().toImage()
    stand.view.show_pointed(Ref("rnn/b", cell=(1,)))
    picture = stand.view._scenery._columns._picture
    assert (picture.framed_rows, picture.lit_rows) == ({1}, frozenset())
    assert stand.viewport.grab().toImage() != before


@pytest.mark.parametrize("weight", ["w_h", "w_x"])
def test_one_use_of_a_weight_lights_up_at_its_step_alone(qtbot, weight):
    stand = Stand(qtbot, lesson("three-steps"))
    stand.go(stand.outline.length)
    stand.view.show_pointed(Ref(f"rnn/{weight}", Part.AT_STEP, (1, 0, 0)))
    picture = stand.view._scenery._columns._picture
    assert [column.step for column in picture.columns if picture.is_lit(column)] == [1]
    assert [one.step for one in picture.handed if one.is_lit] == ([0] if weight == "w_h" else [])


# Colors


def test_the_column_of_the_current_step_has_the_hue_of_the_pass(qtbot):
    stand = Stand(qtbot, lesson("three-steps"))
    c = style.colors()
    for ref, hue in ((Ref("rnn/h", cell=(1, 0)), c.forward), (Ref("rnn/z", Part.DELTA, (1, 0)), c.backward)):
        stand.go_to(ref)
        assert QColor(hue).name() in stand.colors()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_can_be_painted_in_both_themes(qtbot, path):
    stand = Stand(qtbot, load(str(path)))
    before = style.colors()
    try:
        for theme in (style.LIGHT, style.DARK):
            style.theme().use(theme)
            for position in positions(stand.outline, 4):
                stand.go(position)
                assert not stand.viewport.grab().isNull()
    finally:
        style.theme().use(before)
