"""The outline of networks of maps: cells that are done and to come are summed up around the current one."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester

from nnviz.engine.outline import Depth, Kind
from nnviz.engine.ref import Ref
from nnviz.ui import style
from nnviz.ui.outline.model import OutlineModel
from nnviz.ui.outline.place import State
from nnviz.ui.outline.view import OutlineView
from tests.ui.maps import lenet, small

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(qtbot):
    style.theme().use(style.LIGHT)
    widget = OutlineView()
    qtbot.addWidget(widget)
    widget.resize(224, 900)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@pytest.fixture(scope="module")
def network():
    return small(channels=2)


def stage(network, kind, scope):
    return next(s for s in network.outline.stages if s.kind is kind and s.layer and s.layer.scope == scope)


def show(view, network, kind, scope, unit, depth=Depth.NEURON):
    """The moment at which a unit of a stage has just been computed."""
    position = stage(network, kind, scope).starts[unit + 1]
    view.show_moment(network.moment(position), depth, 4)


def rows(view):
    tree, lines = view.tree, []
    index = view.model.index(0, 0)
    while index.isValid():
        lines.append("." * len(view.model.place(index).around()) + index.data())
        index = tree.indexBelow(index)
    return lines


FORWARD = ["Convolution", "ReLU", "Max pooling", "Dense", "Softmax"]


def test_rows_are_those_of_the_notes(view, network):
    show(view, network, Kind.SUM, "conv", 24)
    assert rows(view)[:12] == [
        "Iteration 1",
        ".Forward",
        "..Convolution",
        "...Filter 1: horizontal",
        "...Filter 2: vertical",
        "....8 cells",
        "....cell (2,0)",
        "....7 cells",
        "...Filter 3",
        *(f"..{title}" for title in FORWARD[1:4]),
    ]


@pytest.mark.parametrize(
    ("kind", "scope", "unit", "inside"),
    (
        (Kind.SUM, "conv", 16, ["cell (0,0)", "15 cells"]),
        (Kind.SUM, "conv", 17, ["1 cell", "cell (0,1)", "14 cells"]),
        (Kind.SUM, "conv", 30, ["14 cells", "cell (3,2)", "1 cell"]),
        (Kind.SUM, "conv", 31, ["15 cells", "cell (3,3)"]),
        (Kind.ACTIVATION, "conv", 47, ["15 cells", "cell (3,3)"]),
        (Kind.POOL, "pool", 5, ["cell (0,0)", "cell (0,1)", "cell (1,0)", "cell (1,1)"]),
        (Kind.GRADIENT, "conv", 19, ["bias", "18 weights"]),
        (Kind.GRADIENT, "conv", 29, ["10 weights", "weight (0,0), channel 2", "8 weights"]),
        (Kind.SUM, "dense", 1, ["neuron 1", "neuron 2"]),
    ),
)
def test_units_around_the_current_one_are_summed_up(view, network, kind, scope, unit, inside):
    show(view, network, kind, scope, unit)
    model = view.model
    assert [child.title for child in model.children_of(model.current.parent)] == inside
    states = [model.state(child) for child in model.children_of(model.current.parent)]
    assert states == sorted(states, key=[State.DONE, State.CURRENT, State.AHEAD].index)


def test_the_rows_follow_the_class_forward_and_back(view, network):
    for unit in (3, 24, 31, 32, 24, 0, 47, 24):
        show(view, network, Kind.SUM, "conv", unit)
        after_steps = rows(view)
        fresh = OutlineModel()
        fresh.show(view.moment, Depth.NEURON, 4)
        current = fresh.current
        assert [p.title for p in view.model.children_of(view.model.current.parent)] == [
            p.title for p in fresh.children_of(current.parent)
        ]
    assert after_steps[5:8] == ["....8 cells", "....cell (2,0)", "....7 cells"]


@pytest.mark.parametrize(
    ("depth", "unit", "title"),
    (
        (Depth.TERM, 24, "cell (2,0)"),
        (Depth.MAP, 31, "Filter 2: vertical"),
        (Depth.LAYER, 47, "Convolution"),
        (Depth.PASS, 47, "Forward"),
    ),
)
def test_the_current_place_is_that_of_the_depth(view, network, depth, unit, title):
    show(view, network, Kind.SUM, "conv", unit, depth)
    assert view.model.current.title == title


def test_at_depth_map_a_layer_without_maps_is_the_place(view, network):
    show(view, network, Kind.SUM, "dense", 1, Depth.MAP)
    assert view.model.current.title == "Dense"


@pytest.mark.parametrize(("title", "unit"), (("8 cells", 7), ("cell (2,0)", 24 - 16), ("7 cells", 15)))
def test_a_click_on_cells_goes_to_the_last_of_them(qtbot, view, network, title, unit):
    show(view, network, Kind.SUM, "conv", 24)
    model = view.model
    place = next(p for p in model.children_of(model.current.parent) if p.title == title)
    area = view.tree.visualRect(model.index_of(place))
    with qtbot.waitSignal(view.sought) as sought:
        qtbot.mouseClick(view.tree.viewport(), LEFT, pos=QPoint(area.left() + 20, area.center().y()))
    assert sought.args == [0, stage(network, Kind.SUM, "conv").starts[16 + unit + 1]]


def test_hovering_over_the_current_cell_points_at_its_number(qtbot, view, network):
    show(view, network, Kind.SUM, "conv", 24)
    told = []
    view.pointed.connect(told.append)
    place = view.model.current
    qtbot.mouseMove(view.tree.viewport(), view.tree.visualRect(view.model.index_of(place)).center())
    assert told == [Ref("conv/z", cell=(1, 2, 0))]


def test_the_model_keeps_qts_rules():
    network, model = small(), OutlineModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    for depth in Depth:
        for position in (*range(0, network.outline.length + 1, 171), *range(500, 0, -240)):
            model.show(network.moment(position), depth, 4)
            current = model.current
            assert current is not None
            assert position == 0 or current.start < position <= current.end
            if current.parent is not None:
                children = model.children_of(current.parent)
                assert [child.row for child in children] == list(range(len(children)))
                assert children[0].start == current.parent.start and children[-1].end == current.parent.end
    assert tester.model() is model


def test_a_large_network_has_few_rows(view):
    network = lenet()
    for one in network.outline.stages:
        view.show_moment(network.moment(one.starts[one.units // 2 + 1]), Depth.NEURON, 4)
        assert len(rows(view)) < 60
