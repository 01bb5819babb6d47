"""The matrices: what stands in them at which moment, and what a click on them means."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth, Kind
from nnviz.engine.ref import LEARNING_RATE, Part, Ref
from nnviz.lessons import catalogue
from nnviz.resources import resource
from nnviz.ui import style
from nnviz.ui.layout.matrix_equation import Block, Sign
from nnviz.ui.tabs.matrices.canvas import PADDING
from nnviz.ui.tabs.matrices.pages import page_at
from nnviz.ui.tabs.matrices.view import MatricesView

LESSONS = [entry.name for entry in catalogue.entries()]


def moment_of(lesson, position, example=0):
    walk = Walk(lesson.timeline)
    return resolve(walk, Cursor(0, position, example), lesson.textbook)


def end_of(lesson, kind, which=0):
    stages = [stage for stage in Walk(lesson.timeline).outline(0).stages if stage.kind is kind]
    return stages[which].end


def blocks_of(page):
    return [part for formula in page.formulas for part in formula if isinstance(part, Block)]


def numbers(moment, block):
    """The numbers of a matrix, NaN where one is not computed."""

    def number(entry):
        if not isinstance(entry, Ref):
            return entry
        value = moment.value(entry)
        return np.nan if value is None else value

    return np.array([[number(block.entry(i, j)) for j in range(block.columns)] for i in range(block.rows)])


def arrays(moment):
    """The matrices of the first page at a moment, formula by formula."""
    return [numbers(moment, block) for block in blocks_of(page_at(moment, Depth.LAYER, None))]


@pytest.fixture
def view(qtbot, lesson):
    one = MatricesView()
    qtbot.addWidget(one)
    one.resize(350, 620)
    one.set_graph(lesson.timeline.graph, lesson.textbook)
    one.show()
    return one


def click(qtbot, view, rect):
    qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=_point(rect))


def _point(rect):
    return rect.center().toPoint()


# What the equations say


def test_the_forward_product_is_the_engines_z(lesson):
    moment = moment_of(lesson, end_of(lesson, Kind.SUM, 1))
    z, w, a, activation = arrays(moment)
    assert a[0].tolist() == [1, 1, 1, 1]
    np.testing.assert_allclose(w @ a, z, rtol=1e-12)
    np.testing.assert_allclose(1 / (1 + np.exp(-z)), activation, rtol=1e-12)


def test_the_error_of_a_hidden_layer_is_the_matrix_product_of_the_notes(lesson):
    moment = moment_of(lesson, end_of(lesson, Kind.DELTA, 1), example=1)
    delta, w, above, slope = (
        numbers(moment, block) for block in blocks_of(page_at(moment, Depth.LAYER, None))
    )
    assert w.tolist() == [[0.12], [-0.50]]
    np.testing.assert_allclose((w @ above) * slope, delta, rtol=1e-12)
    assert delta[0, 0] == pytest.approx(0.0025, abs=5e-5)


def test_the_gradient_is_the_product_over_the_examples(lesson):
    moment = moment_of(lesson, end_of(lesson, Kind.GRADIENT, 1))
    gradient, delta, a = arrays(moment)
    np.testing.assert_allclose(delta @ a, gradient, rtol=1e-9)


def test_the_update_moves_against_the_gradient(lesson):
    moment = moment_of(lesson, end_of(lesson, Kind.UPDATE))
    new, old, alpha, gradient = (
        numbers(moment, block) for block in blocks_of(page_at(moment, Depth.LAYER, None))
    )
    np.testing.assert_allclose(old - alpha * gradient, new, rtol=1e-12)


def test_the_loss_is_the_sum_of_its_row(lesson):
    moment = moment_of(lesson, end_of(lesson, Kind.LOSS))
    errors, loss, terms = arrays(moment)
    np.testing.assert_allclose(errors**2 / 2, terms)
    assert terms.sum() == pytest.approx(loss[0, 0])


def test_softmax_with_cross_entropy_is_activation_minus_target():
    lesson = catalogue.load("power-plant-softmax")
    moment = moment_of(lesson, end_of(lesson, Kind.DELTA))
    delta, a, t = arrays(moment)
    np.testing.assert_allclose(a - t, delta)


def with_convention(line):
    """The power plant with another convention."""
    path = resource("lessons") / "10-power-plant-logistic.nnviz.toml"
    text = path.read_text(encoding="utf-8").partition("\n[conventions]")[0].partition("\n[start]")[0]
    return catalogue.from_text(text.replace("[training]", f"[conventions]\n{line}\n\n[training]", 1))


CONVENTIONS = [
    'delta = "negative_gradient"',
    'backward_weights = "new"',
    'reduction = "mean"',
    "bias_trained = false",
    'squared_error = "whole"',
]


@pytest.mark.parametrize("line", CONVENTIONS)
def test_the_products_hold_under_every_convention(line):
    lesson = with_convention(line)
    for stage in Walk(lesson.timeline).outline(0).stages:
        moment = moment_of(lesson, stage.end, example=1)
        sign = moment.textbook.conventions.delta_sign
        page = page_at(moment, Depth.LAYER, None)
        result, *factors = (numbers(moment, block) for block in blocks_of(page))
        if stage.kind is Kind.GRADIENT:
            product = sign * factors[0] @ factors[1]
            assert Sign("= −" if sign < 0 else "=") in page.formulas[0]
        elif stage.kind is Kind.DELTA and stage.layer is lesson.timeline.graph.output:
            product = sign * factors[0] * factors[1]
        elif stage.kind is Kind.DELTA:
            product = factors[0] @ factors[1] * factors[2]
        else:
            continue
        np.testing.assert_allclose(product, result, rtol=1e-9)


def test_late_weights_are_the_new_ones():
    lesson = with_convention('backward_weights = "new"')
    page = page_at(moment_of(lesson, end_of(lesson, Kind.DELTA, 1)), Depth.LAYER, None)
    assert blocks_of(page)[1].quantities == (("output/w", Part.NEW),)


def test_a_bias_that_is_not_trained_has_no_column_in_the_gradient():
    lesson = with_convention("bias_trained = false")
    page = page_at(moment_of(lesson, end_of(lesson, Kind.GRADIENT, 1)), Depth.LAYER, None)
    assert [(block.rows, block.columns) for block in blocks_of(page)] == [(2, 3), (2, 4), (4, 3)]


def positions_of(outline):
    """Many positions, among them the first, the last and one in the middle of every stage."""
    step = max(3, outline.length // 40)
    middles = (stage.starts[stage.units // 2] + 1 for stage in outline.stages)
    edges = (position for stage in outline.stages for position in (stage.start + 1, stage.end))
    return sorted({0, *range(0, outline.length + 1, step), *middles, *edges})


def look_of(block):
    """All that tells apart the matrices of one moment, but what of them is in use."""
    return block.label, block.rows, block.columns, block.quantities, block.examples, block.row_names


def ask_for_every_cell(moment, block):
    for i in range(block.rows):
        for j in range(block.columns):
            entry = block.entry(i, j)
            if isinstance(entry, Ref):
                assert block.holds(entry)
                moment.value(entry)


@pytest.mark.parametrize("name", LESSONS)
def test_every_cell_of_every_page_can_be_asked_for(name):
    lesson = catalogue.load(name)
    walk = Walk(lesson.timeline)
    for position in positions_of(walk.outline(0)):
        moment = resolve(walk, walk.at(0, position, lesson.start.example), lesson.textbook)
        asked = set()
        for depth in Depth:
            page = page_at(moment, depth, None)
            for block in [*blocks_of(page), *([page.batch] if page.batch else [])]:
                if look_of(block) not in asked:
                    ask_for_every_cell(moment, block)
                    asked.add(look_of(block))
            current = page.highlighted | page.pending
            assert not current or any(block.holds(ref) for block in blocks_of(page) for ref in current)


# What is shown


def test_nothing_is_in_the_result_before_it_is_computed(lesson):
    moment = moment_of(lesson, 0)
    page = page_at(moment, Depth.NEURON, None)
    z, w, x, a = (numbers(moment, block) for block in blocks_of(page))
    assert np.isnan(z).all() and np.isnan(a).all() and np.isnan(numbers(moment, page.batch)[1:]).all()
    assert not np.isnan(w).any() and not np.isnan(x).any()


@pytest.mark.parametrize(
    ("ref", "title"),
    [
        (Ref("hidden1/z", cell=(0,)), "Hidden 1"),
        (Ref("hidden2/a", Part.SLOPE, (0,)), "Hidden 2, example d₂"),
        (Ref("output/w", Part.NEW, (0, 1)), "Output"),
        (Ref("loss", Part.TERM), "Loss"),
        (Ref("hidden2/z", Part.DELTA, (0,)), "Hidden 1, example d₂"),
        (LEARNING_RATE, "Hidden 1, example d₂"),
        (Ref("hidden2/w", cell=(0, 0)), "Hidden 1, example d₂"),
    ],
)
def test_a_number_selected_elsewhere_brings_its_equation(lesson, ref, title):
    moment = moment_of(lesson, end_of(lesson, Kind.DELTA, 2), example=1)
    assert page_at(moment, Depth.NEURON, ref).title == title


def test_the_current_cell_is_filled_and_an_empty_one_is_not(qtbot, lesson, view):
    view.show_moment(moment_of(lesson, 10, example=1), Depth.NEURON, 4)
    image = view.canvas.grab().toImage()
    filled = _point(view.canvas.rect_of(Ref("hidden1/z", cell=(1,)))) - QPoint(0, 11)
    empty = _point(view.canvas.rect_of(Ref("hidden1/z", cell=(2,)))) - QPoint(0, 9)
    assert image.pixelColor(filled).name().upper() == style.colors().forward
    assert image.pixelColor(empty).name().upper() == style.colors().canvas


@pytest.mark.parametrize("digits", [2, 4, 10])
@pytest.mark.parametrize("width", [300, 350, 700])
def test_no_number_is_wider_than_its_cell(lesson, view, width, digits):
    view.resize(width, 600)
    for position in range(0, 176, 5):
        view.show_moment(moment_of(lesson, position), Depth.NEURON, digits)
        canvas = view.canvas
        for placed in canvas.sheet.blocks:
            assert canvas._number_width(placed.block) <= placed.cell_width
            assert placed.x >= 0


def test_at_four_digits_nothing_needs_scrolling_sideways(lesson, view):
    for position in range(176):
        view.show_moment(moment_of(lesson, position, example=1), Depth.NEURON, 4)
        assert view.canvas.sheet.width <= 350 - 2 * PADDING + 1, position


def test_pieces_of_a_page_do_not_overlap(lesson, view):
    for position in range(0, 176, 4):
        view.show_moment(moment_of(lesson, position), Depth.NEURON, 4)
        blocks = view.canvas.sheet.blocks
        for first in blocks:
            for second in blocks:
                apart = (
                    first is second
                    or first.x + first.width <= second.x + 0.01
                    or second.x + second.width <= first.x + 0.01
                    or first.y + first.height <= second.top
                    or second.y + second.height <= first.top
                )
                assert apart, (position, first.block.label, second.block.label)


# What a click and the mouse mean


@pytest.mark.parametrize(
    ("position", "ref"),
    [
        (10, Ref("hidden1/z", cell=(1,), example=3)),
        (10, Ref("hidden1/w", cell=(2, 1))),
        (10, Ref("hidden1/b", cell=(0,))),
        (10, Ref("hidden1/z", cell=(2,), example=0)),
        (37, Ref("loss")),
        (37, Ref("loss", Part.TERM, (), 2)),
        (41, Ref("hidden2/a", Part.SLOPE, (0,), 1)),
        (41, Ref("output/a", Part.ERROR, (0,), 3)),
        (161, LEARNING_RATE),
        (161, Ref("hidden1/w", Part.NEW, (1, 0))),
    ],
)
def test_every_number_can_be_picked(qtbot, lesson, view, position, ref):
    view.show_moment(moment_of(lesson, position, example=1), Depth.NEURON, 4)
    with qtbot.waitSignal(view.picked) as picked:
        click(qtbot, view, view.canvas.rect_of(ref))
    assert picked.args == [ref]


def test_the_header_of_an_example_puts_it_into_focus(qtbot, lesson, view):
    view.show_moment(moment_of(lesson, 41, example=1), Depth.NEURON, 4)
    with qtbot.waitSignal(view.focused) as focused:
        rect = view.canvas.header_rect(3)
        qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=rect.center().toPoint())
    assert focused.args == [3]


def test_hovering_points_at_a_number_and_leaving_at_none(qtbot, lesson, view):
    view.show_moment(moment_of(lesson, 41, example=1), Depth.NEURON, 4)
    ref = Ref("hidden2/z", Part.DELTA, (0,), 1)
    with qtbot.waitSignal(view.pointed) as pointed:
        qtbot.mouseMove(view.canvas, _point(view.canvas.rect_of(ref)))
    assert pointed.args == [ref]


def test_a_number_pointed_at_elsewhere_lights_up(lesson, view):
    view.show_moment(moment_of(lesson, 41, example=1), Depth.NEURON, 4)
    before = view.canvas.grab().toImage()
    view.show_pointed(Ref("output/w", cell=(0, 1)))
    assert view.canvas.grab().toImage() != before
    view.show_pointed(None)
    assert view.canvas.grab().toImage() == before


def test_a_theme_switch_recolors(lesson, view):
    view.show_moment(moment_of(lesson, 41, example=1), Depth.NEURON, 4)
    before = view.canvas.grab().toImage()
    try:
        style.theme().use(style.DARK)
        assert view.canvas.grab().toImage().pixelColor(2, 300).name().upper() == style.DARK.panel
    finally:
        style.theme().use(style.LIGHT)
    assert view.canvas.grab().toImage() == before
