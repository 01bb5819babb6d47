"""The table of the layers: what it says, what it marks, and a click that shows how a layer is counted."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea

from nnviz.engine.layers import GraphBuilder
from nnviz.engine.ops import ReLU, Softmax
from nnviz.engine.ops.pooling import AveragePool, MaxPool
from nnviz.engine.stage import Depth, Pass
from nnviz.ui.cells import text_width
from nnviz.ui.tabs.layers.picture import kind_of, rows_of, share
from nnviz.ui.tabs.layers.table import LEFT, RIGHT, Look, lines_of
from nnviz.ui.tabs.layers.view import LayersView

SIZE = (350, 420)


def small_cnn():
    """On 28 × 28 pixels: C1 of 6 maps, max pooling, C3 of 16 maps, and 10 outputs."""
    build = GraphBuilder()
    x = build.given("x", (1, 28, 28))
    c1 = build.convolution(x, 6, (5, 5), ReLU(), "c1", "Convolution 1", padding=(2, 2))
    s2 = build.pooling(c1.a, MaxPool(), "s2", "Pooling")
    c3 = build.convolution(s2.a, 16, (5, 5), ReLU(), "c3", "Convolution 2", stride=(2, 2))
    build.dense(c3.a, 10, Softmax(), "output", "Output")
    return build.graph(x)


def opened(qtbot, graph, size=SIZE):
    view = LayersView()
    qtbot.addWidget(view)
    view.show()
    view.set_graph(graph, None)
    QApplication.processEvents()
    view.resize(*size)
    QApplication.processEvents()
    return view


def at(graph, scope, into=Pass.FORWARD):
    """A moment in which a layer is at work, as far as the view looks at it."""
    layer = next((one for one in graph.layers if one.scope == scope), None)
    return SimpleNamespace(stage=SimpleNamespace(layer=layer, into=into) if scope is not None else None)


def click(view, scope):
    rect = view.table.rect_of(scope)
    QTest.mouseClick(view.table, Qt.MouseButton.LeftButton, pos=rect.center().toPoint())
    QApplication.processEvents()


def test_rows_of_a_convolutional_network():
    first, pool, second, output, everything = rows_of(small_cnn())
    assert first.kind == "Convolution 5 × 5, 6 filters, padding 2"
    assert first.output == "6 × 28 × 28"
    assert first.figures == ("4,704", "156", "112,440")
    assert first.dense == ("4,704", "3,692,640", "3,692,640")
    assert first.saved == ("", "1/23,671", "1/33")
    assert pool.kind == "Max pool 2 × 2" and pool.figures == ("1,176", "0", "4,704")
    assert second.kind == "Convolution 5 × 5, 16 filters, stride 2"
    assert output.kind == "Dense, flatten 16 × 5 × 5 → 400" and output.dense is None
    assert everything.figures == ("6,290", "6,582", "181,554")


def test_how_a_layer_is_counted():
    first, pool, _, output, _ = rows_of(small_cnn())
    assert first.working == (
        "Parameters: 6 filters × (1 × 5 × 5 + 1 bias) = 156",
        "Connections: 4,704 units × 26 products = 122,304",
        "less 9,864 with padding, always 0: 112,440",
        "Dense instead: 784 inputs × 4,704 units + 4,704 biases = 3,692,640",
    )
    assert pool.working[:2] == (
        "Parameters: nothing is learned.",
        "Connections: 1,176 units × 4 cells of its window = 4,704",
    )
    assert output.working == (
        "Parameters: 400 inputs × 10 units + 10 biases = 4,010",
        "Connections: 10 units × 401 products = 4,010",
    )


def test_a_dense_network_is_compared_with_nothing(lesson):
    rows = rows_of(lesson.timeline.graph)
    assert [row.figures for row in rows] == [
        ("3", "9", "9"),
        ("2", "8", "8"),
        ("1", "3", "3"),
        ("6", "20", "20"),
    ]
    assert all(row.dense is None and row.saved is None for row in rows)


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({}, "Convolution 3 × 2, 1 filter"),
        ({"flipped": True}, "True convolution 3 × 2, 1 filter"),
        ({"stride": (2, 1)}, "Convolution 3 × 2, 1 filter, stride 2 × 1"),
        ({"padding": (0, 1), "stride": (2, 2)}, "Convolution 3 × 2, 1 filter, stride 2, padding 0 × 1"),
    ],
)
def test_convolutions_in_words(options, kind):
    build = GraphBuilder()
    layer = build.convolution(build.given("x", (1, 6, 6)), 1, (3, 2), ReLU(), "c", "C", **options)
    assert kind_of(layer) == kind


@pytest.mark.parametrize(
    ("pool", "kind"),
    [(MaxPool((3, 3), (2, 2)), "Max pool 3 × 3, stride 2"), (AveragePool((1, 2)), "Average pool 1 × 2")],
)
def test_pooling_in_words(pool, kind):
    build = GraphBuilder()
    assert kind_of(build.pooling(build.given("x", (1, 6, 6)), pool, "p", "P")) == kind


def test_filters_made_by_hand_are_told():
    build = GraphBuilder()
    x = build.given("x", (1, 6, 6))
    build.convolution(x, 3, (3, 3), ReLU(), "c", "C", bias=False, train_weights=False)
    row = rows_of(build.graph(x))[0]
    assert row.working[:2] == ("Parameters: 3 filters × 1 × 3 × 3 = 27", "27 of them are not trained.")


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(1, 1, ""), (0, 5, "none"), (2, 5, "1/2.5"), (156, 3_692_640, "1/23,671"), (5, 4, "")],
)
def test_shares(part, whole, text):
    assert share(part, whole) == text


@pytest.mark.parametrize("width", [300, 350, 600])
def test_nothing_is_cut_off_and_no_texts_meet(qtbot, width):
    view = opened(qtbot, small_cnn(), (width, 420))
    end = width - RIGHT
    assert view.table.end == view.total.end == view.header.end == end
    for row in (*view.table.rows, *view.total.rows):
        for line in lines_of(row, end, is_open=True):
            left = LEFT + text_width(line.left, line.look.pixels, line.look.weight)
            rights = [end - text_width(line.right, line.look.pixels, line.look.weight)] if line.right else []
            places = view.table.columns.rects(0, 1, end)
            for text, place in zip(line.figures, places, strict=False):
                wide = text_width(text, line.look.pixels, line.look.weight)
                assert wide <= place.width() + 0.5
                rights += [place.right() - wide] if text else []
            assert left <= min(rights, default=end)


def test_type_is_large_enough_for_the_back_of_the_room():
    assert min(look.pixels for look in Look) >= 13


def test_a_click_shows_how_a_layer_is_counted_and_another_hides_it(qtbot):
    view = opened(qtbot, small_cnn())
    closed = view.table.rect_of("c1").height()
    click(view, "c1")
    assert view.table.open_scope == "c1" and view.table.rect_of("c1").height() > closed
    click(view, "s2")
    assert view.table.open_scope == "s2" and view.table.rect_of("c1").height() == closed
    click(view, "s2")
    assert view.table.open_scope == ""


def test_the_layer_at_work_is_marked_and_scrolled_to(qtbot):
    graph = small_cnn()
    view = opened(qtbot, graph, (350, 300))
    view.show_moment(at(graph, "output", Pass.BACKWARD), Depth.NEURON, 4)
    assert (view.table.current, view.table.into) == ("output", Pass.BACKWARD)
    seen = view.table.visibleRegion().boundingRect()
    assert seen.contains(view.table.rect_of("output").toRect().adjusted(0, 0, 0, -1))
    view.show_moment(at(graph, None), Depth.NEURON, 4)
    assert view.table.current == ""


def test_a_moment_in_the_same_layer_does_not_scroll(qtbot):
    graph = small_cnn()
    view = opened(qtbot, graph, (350, 300))
    view.show_moment(at(graph, "c1"), Depth.NEURON, 4)
    bar = view.findChild(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())
    view.show_moment(at(graph, "c1"), Depth.NEURON, 4)
    assert bar.value() == bar.maximum() > 0


def test_the_mark_is_drawn(qtbot):
    graph = small_cnn()
    view = opened(qtbot, graph)
    before = view.table.grab().toImage()
    view.show_moment(at(graph, "c1"), Depth.NEURON, 4)
    after = view.table.grab().toImage()
    edge = QPoint(1, view.table.rect_of("c1").center().toPoint().y())
    assert before.pixelColor(edge) != after.pixelColor(edge)


def test_the_table_can_be_heard(qtbot):
    view = opened(qtbot, small_cnn())
    heard = view.table.accessibleDescription()
    for row in rows_of(small_cnn())[:-1]:
        assert row.title in heard and all(figure in heard for figure in row.figures)


def test_another_network_replaces_what_was_there(qtbot, lesson):
    view = opened(qtbot, small_cnn())
    click(view, "c1")
    view.set_graph(lesson.timeline.graph, lesson.textbook)
    assert [row.title for row in view.table.rows] == [layer.title for layer in lesson.timeline.graph.layers]
    assert view.table.open_scope == view.table.current == ""
