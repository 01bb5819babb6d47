"""What the canvas shows, asked from what it paints: hues, tags, arrows and the row of products."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from nnviz.engine.explain import explain_place
from nnviz.engine.formula import quantities
from nnviz.engine.outline import Depth, Kind, Pass
from nnviz.engine.ref import CONSTANTS, LEARNING_RATE, STEP_LOSSES, Part
from nnviz.lessons.catalogue import load
from nnviz.ui import style
from nnviz.ui.formula_drawing import Bead, _paint_bead
from tests.ui.reading.recorder import Recorder, middle_of, record, tip_of
from tests.ui.stand import Stand

LESSONS = (
    "power-plant-logistic",
    "power-plant-relu",
    "power-plant-softmax",
    "softmax-mini-batch",
    "dying-relu-prelu",
    "perceptron-and",
    "adam",
    "image-of-a-4",
    "cnn-by-hand",
    "cnn-digits",
    "max-pooling",
    "three-steps",
    "lstm-unit",
)
WIDE = (1100, 760)
BACKWARD = (Part.DELTA, Part.GRADIENT, Part.SHARE, Part.AT_STEP, Part.ABOVE)


@pytest.fixture(params=("light", "dark"))
def theme(request):
    style.theme().use(style.DARK if request.param == "dark" else style.LIGHT)
    yield style.colors()
    style.theme().use(style.LIGHT)


def places(stand, most=12):
    """Moments of all stages, at the depths of terms, units and layers."""
    for stage in stand.outline.stages:
        for depth in (Depth.TERM, Depth.NEURON, Depth.LAYER):
            unit = stage.units // 2
            first, last = stage.starts[unit], stage.starts[unit + 1]
            position = {Depth.TERM: min(first + 2, last), Depth.NEURON: last, Depth.LAYER: stage.end}[depth]
            if position > stage.start:
                yield stage, depth, stand.go(position, depth)


# Hues


def role_of(moment, number):
    """What a number is, and so its hue: forward teal, backward orange, update, or the sign of a weight."""
    ref, graph = number.ref, moment.graph
    if ref == LEARNING_RATE or ref.part in {Part.NEW, Part.TOTAL, Part.CHANGE, Part.FIRST, Part.SECOND}:
        return "update"
    if ref.part in BACKWARD:
        return "backward"
    if ref in CONSTANTS:
        return "plain"
    if ref.scope in ("loss", STEP_LOSSES) or ref.part is Part.ERROR:
        return "loss"
    if ref.part is Part.SLOPE:
        return "forward" if graph[ref.scope].inputs else None
    if graph[ref.scope].is_parameter:
        return "negative" if number.value < 0 else "positive" if number.value > 0 else "plain"
    return "forward" if graph[ref.scope].inputs else "data"


@pytest.mark.parametrize("name", LESSONS)
def test_every_number_has_the_role_of_what_it_is(qtbot, name):
    stand = Stand(qtbot, load(name), WIDE)
    seen = set()
    for _, _, moment in places(stand):
        for placed in stand.placed():
            number = placed.number
            wanted = role_of(moment, number) if number.is_computed and not number.is_echo else None
            if wanted is not None:
                assert number.role == wanted, (moment.cursor, number)
                seen.add(wanted)
    assert "forward" in seen or name == "max-pooling"  # whose numbers all stand in grids


@pytest.mark.parametrize("name", LESSONS[:7])
def test_a_product_has_the_hue_of_its_pass(qtbot, name):
    """w·a goes forward and δ·w comes back, whatever is written around them."""
    stand = Stand(qtbot, load(name), WIDE)
    seen = set()
    for stage, depth, moment in places(stand):
        if depth is Depth.LAYER or stage.kind not in (Kind.SUM, Kind.DELTA):
            continue
        for placed in stand.placed():
            number = placed.number
            if number.is_echo and number.is_computed and number.ref.scope in moment.graph:
                of_sum = number.ref.part is Part.VALUE and number.ref.scope.endswith("/z")
                back = number.ref.part is Part.GRADIENT
                if of_sum or back:
                    assert number.role == ("backward" if back else "forward"), number
                    seen.add(number.role)
    assert "forward" in seen or name == "softmax-mini-batch"


def test_roles_have_hues_of_their_own(theme):
    hues = {
        "forward": theme.forward,
        "backward": theme.backward,
        "update": theme.update,
        "positive": theme.positive,
        "negative": theme.negative,
    }
    for role, hue in hues.items():
        assert theme.role(role)[0] == hue
    assert len(set(hues.values())) == 5
    assert theme.sign(-0.1)[0] == theme.negative and theme.sign(0.1)[0] == theme.positive
    passes = (Pass.FORWARD, Pass.BACKWARD, Pass.UPDATE)
    assert [theme.phase(into)[0] for into in passes] == [theme.forward, theme.backward, theme.update]


@pytest.mark.parametrize("name", ("power-plant-logistic", "cnn-by-hand", "three-steps"))
def test_numbers_are_painted_in_the_hue_of_their_role(qtbot, theme, name):
    stand = Stand(qtbot, load(name), WIDE)
    checked = 0
    for _, depth, _ in places(stand):
        if depth is not Depth.NEURON:
            continue
        texts = record(stand.view.board.scene()).texts
        for placed in stand.placed():
            number = placed.number
            near = [t for t in texts if t.text == number.text and placed.rect.contains(*t.at)]
            if not number.is_computed or not number.text or not near:
                continue
            ink = placed.ink or number.role
            wanted = theme.on_fill if placed.ground == "fill" else theme.role(ink)[0]
            allowed = {wanted.lower(), theme.muted.lower()} if placed.is_struck else {wanted.lower()}
            assert {t.color for t in near} & allowed, (number, near)
            checked += 1
    assert checked > 10


@pytest.mark.parametrize("name", ("power-plant-logistic", "power-plant-relu"))
def test_the_line_of_a_weight_has_the_hue_of_its_sign(qtbot, theme, name):
    stand = Stand(qtbot, load(name), WIDE)
    stand.go(0)
    edges = [item for item in stand.view.board.scene().items() if type(item).__name__ == "EdgeItem"]
    lines = [stroke for stroke in record(stand.view.board.scene()).strokes if stroke.by == "EdgeItem"]
    signs = set()
    for edge in edges:
        weight = edge.part.parameter.weight
        value = stand.moment.value(edge.part.parameter.value.ref)
        (start, end) = ((round(p.x, 1), round(p.y, 1)) for p in edge._line)
        (drawn,) = [line for line in lines if (line.start, line.end) == (start, end)]
        assert weight == value
        assert drawn.color == (theme.negative if value < 0 else theme.positive).lower()
        signs.add(value < 0)
    assert signs == {True, False}


# Tags


@pytest.mark.parametrize("name", LESSONS[:7])
def test_tags_stand_at_the_factors_in_reading_order(qtbot, name):
    """① is the first factor of the formula, in the picture as in the formula."""
    stand = Stand(qtbot, load(name), WIDE)
    found = 0
    for _, depth, moment in places(stand):
        told = explain_place(moment, depth)
        if not told.equations:
            continue
        refs = list(dict.fromkeys(q.ref for q in quantities(told.equations[-1].right) if q.ref is not None))
        texts = record(stand.view.board.scene()).texts
        for placed in stand.placed():
            number = placed.number
            if number.is_echo or not number.tag:
                continue
            same = [i for i, ref in enumerate(refs, 1) if _is_same(ref, number.ref, moment)]
            assert number.tag in same, (told.equations[-1], number)
            near = placed.rect.adjusted(-14, -14, 14, 14)
            digits = [t for t in texts if re.fullmatch("[1-9]", t.text) and near.contains(*t.at)]
            digits = [t for t in digits if t.color == style.colors().on_fill.lower()]
            assert str(number.tag) in {t.text for t in digits}, number
            found += 1
    assert found or name in ("softmax-mini-batch", "perceptron-and")


def _is_same(ref, other, moment):
    row = moment.focus
    examples = {one.example if one.example is not None else row for one in (ref, other)}
    return (ref.scope, ref.part, ref.cell) == (other.scope, other.part, other.cell) and len(examples) == 1


def test_a_bead_of_the_formula_shows_its_number(theme):
    for number, role in ((1, "forward"), (2, "backward"), (3, "negative")):
        recorder = Recorder()
        _paint_bead(recorder, QPointF(), Bead(number, role, 8.0))
        assert [text.text for text in recorder.texts] == [str(number)]
        assert recorder.shapes[0].color == theme.role(role)[0].lower()


# Arrows


def heads(stand, by):
    return [s for s in record(stand.view.board.scene()).shapes if s.by == by and len(s.corners) == 3]


@pytest.mark.parametrize("name", LESSONS[:3])
def test_arrows_of_a_dense_layer_go_the_way_of_the_pass(qtbot, theme, name):
    stand = Stand(qtbot, load(name), WIDE)
    seen = set()
    for stage, _, _ in places(stand):
        for head in heads(stand, "EdgeItem"):
            goes_right = tip_of(head)[0] > middle_of(head)[0]
            assert goes_right == (stage.into is Pass.FORWARD), stage.name
            assert head.color == (theme.forward if goes_right else theme.backward).lower()
            seen.add(goes_right)
    assert seen == {True, False}


@pytest.mark.parametrize("name", ("cnn-by-hand", "cnn-digits"))
def test_arrows_of_maps_go_the_way_of_the_pass(qtbot, theme, name):
    stand = Stand(qtbot, load(name), WIDE)
    seen = set()
    for stage, _, _ in places(stand):
        for head in heads(stand, "RaysItem"):
            goes_right = tip_of(head)[0] > middle_of(head)[0]
            is_back = stage.kind in (Kind.DELTA, Kind.ERROR)
            if stage.into is Pass.FORWARD or is_back:
                assert goes_right == (stage.into is Pass.FORWARD), (stage.name, head)
                assert head.color == theme.phase(stage.into)[0].lower()
                seen.add(goes_right)
        for head in heads(stand, "OverviewItem"):
            if head.color in (theme.backward.lower(), theme.outline.lower()):
                goes_left = tip_of(head)[0] < middle_of(head)[0]
                assert goes_left == (head.color == theme.backward.lower())
    assert seen == {True, False}


@pytest.mark.parametrize("name", ("three-steps", "lstm-unit", "remember-lstm"))
def test_arrows_of_steps_go_back_where_they_have_the_hue_of_the_error(qtbot, theme, name):
    stand = Stand(qtbot, load(name), WIDE)
    seen = set()
    for _, _, _ in places(stand):
        for head in heads(stand, "ColumnsItem"):
            (x, y), (a, b) = tip_of(head), middle_of(head)
            is_back = head.color == theme.backward.lower()
            if abs(x - a) > abs(y - b):  # from step to step
                assert (x < a) == is_back, head
                seen.add(("along", is_back))
            else:  # between layers, of which the later ones stand higher
                assert (y > b) == is_back, head
                seen.add(("up", is_back))
    assert {way for way, _ in seen} == {"along", "up"} or name == "lstm-unit"
    assert True in {is_back for _, is_back in seen} or name == "lstm-unit"


# The row of products


SIGNS = {"·": "*", "−": "-", "+": "+", "=": "="}


def work_texts(stand):
    """What the row of products says, from left to right, without the names below its numbers."""
    on_fill = style.colors().on_fill.lower()  # of tags
    texts = [t for t in record(stand.view.board.scene()).texts if t.by == "WorkItem" and t.color != on_fill]
    signs = {"−", "·", "=", "+", "⊙", "Σ"}
    row = [t for t in texts if t.text in signs or re.fullmatch(r"−?[\d.,]+(e.*)?", t.text)]
    return [t.text for t in sorted(row, key=lambda t: t.at[0])], sorted({t.text for t in texts})


def shown(text):
    return float(text.replace("−", "-").replace(",", ""))


@pytest.mark.parametrize(("name", "kind"), [("cnn-by-hand", Kind.UPDATE), ("cnn-by-hand", Kind.DELTA)])
def test_the_row_below_a_map_is_a_true_equation(qtbot, name, kind):
    """w − α·∂E/∂w = new w, and ∂E/∂a · φ′(z) = δ: read from the picture and calculated."""
    stand = Stand(qtbot, load(name), WIDE)
    stage = next(s for s in stand.outline.stages if s.kind is kind and s.layer.scope == "conv")
    read = 0
    for unit in range(stage.units):
        stand.go(stage.starts[unit + 1], Depth.NEURON, digits=6)
        row, words = work_texts(stand)
        if "=" not in row or "Σ" in row or "⊙" in row:
            continue
        text = "".join(SIGNS[t] if t in SIGNS else f"({shown(t)!r})" for t in row)
        left, _, right = text.partition("=")
        np.testing.assert_allclose(eval(left), eval(right), atol=2e-6)
        if kind is Kind.UPDATE:
            letter = "b" if unit == 0 else "w"
            assert {letter, "α", f"∂E/∂{letter}"} <= set(words)
            assert [t for t in row if t in "−·="] == ["−", "·", "="]
        read += 1
    assert read > 2
