"""Depths, keys and counts where neurons stand in maps."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolButton

from nnviz.engine.cursor import Walk
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth, Kind, depths_of
from nnviz.lessons.catalogue import load
from nnviz.ui.main_window import MainWindow
from nnviz.ui.transport import Transport
from tests.ui.maps import lenet, small
from tests.ui.sequences import Sequences

WORDS = ["Term", "Cell", "Map", "Layer", "Pass", "Iteration", "Epoch"]


@pytest.fixture
def transport(qtbot):
    widget = Transport()
    qtbot.addWidget(widget)
    widget.set_stop_text("E < 0.0001")
    widget.resize(1440, 80)
    widget.show()
    return widget


def shown(transport):
    return [button for button in transport.depth_buttons.values() if button.isVisible()]


def test_cells_and_maps_are_depths_of_a_network_of_maps(qtbot, transport):
    network = small()
    transport.show_moment(network.moment(5), Depth.MAP, 4, 0)
    assert [button.text() for button in shown(transport)] == WORDS
    for key, (depth, button) in enumerate(transport.depth_buttons.items(), 1):
        assert f"({key})" in button.toolTip()
        with qtbot.waitSignal(transport.depth_chosen) as chosen:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert chosen.args == [depth]


def test_the_depth_of_maps_goes_with_the_maps(transport, lesson):
    transport.show_moment(small().moment(5), Depth.NEURON, 4, 0)
    walk = Walk(lesson.timeline)
    transport.show_moment(resolve(walk, walk.at(0, 5, 0), lesson.textbook), Depth.NEURON, 4, 0)
    assert [button.text() for button in shown(transport)] == ["Term", "Neuron", *WORDS[3:]]


@pytest.mark.parametrize("width", (860, 1000, 1280, 1440, 1920))
def test_nothing_is_clipped_or_overlaps(transport, width):
    transport.show_moment(lenet().moment(5), Depth.NEURON, 4, 0)
    transport.resize(width, 80)
    QApplication.processEvents()
    parts = [transport.depths, transport.bar]
    parts += [b for b in transport.findChildren(QToolButton) if b.parent() is transport and b.isVisible()]
    areas = sorted((part.geometry() for part in parts), key=lambda area: area.left())
    assert areas[0].left() >= 8 and areas[-1].right() <= width - 8
    assert all(one.right() < other.left() for one, other in zip(areas, areas[1:], strict=False))
    assert transport.minimumSizeHint().width() <= 860


COUNTS = (
    (Kind.SUM, "conv", 24, Depth.NEURON, "cell 25 of 48"),
    (Kind.SUM, "conv", 31, Depth.MAP, "filter 2 of 3"),
    (Kind.POOL, "pool", 11, Depth.MAP, "map 3 of 3"),
    (Kind.SUM, "dense", 0, Depth.NEURON, "neuron 1 of 2"),
    (Kind.GRADIENT, "conv", 12, Depth.NEURON, "weight 13 of 30"),
    (Kind.SUM, "dense", 1, Depth.LAYER, "step 4 of 13"),
)


@pytest.mark.parametrize(("kind", "scope", "unit", "depth", "text"), COUNTS)
def test_how_far_the_layer_is(transport, kind, scope, unit, depth, text):
    network = small()
    stage = next(s for s in network.outline.stages if s.kind is kind and s.layer and s.layer.scope == scope)
    transport.show_moment(network.moment(stage.starts[unit + 1]), depth, 4, 0)
    assert transport.bar.accessibleDescription().endswith(f", {text}")


def test_at_the_start_no_cell_is_done(transport):
    transport.show_moment(small().moment(0), Depth.NEURON, 4, 0)
    assert transport.bar.accessibleDescription().endswith("cell 0 of 48")


# Keys


@pytest.fixture
def window(qtbot):
    one = MainWindow()
    qtbot.addWidget(one)
    with qtbot.waitActive(one):
        one.show()
        one.activateWindow()
    return one


@pytest.mark.parametrize("name", ("power-plant-logistic", "cnn-by-hand"))
def test_keys_choose_the_depths_of_the_network(qtbot, window, name):
    window.player.open(load(name))
    depths = depths_of(window.player.timeline.graph)
    for key in range(7):
        before = window.player.depth
        qtbot.keyClick(window, getattr(Qt.Key, f"Key_{key + 1}"))
        assert window.player.depth is (depths[key] if key < len(depths) else before)


@pytest.mark.parametrize("name", ("power-plant-logistic", "cnn-by-hand"))
def test_into_and_out_go_through_all_depths_of_the_network(window, name):
    player = window.player
    player.open(load(name))
    depths = depths_of(player.timeline.graph)
    player.set_depth(depths[-1])
    reached = [player.depth]
    for _ in depths:
        player.into()
        reached.append(player.depth)
    assert reached == [*reversed(depths), depths[0]]
    for depth in (*depths[1:], depths[-1]):
        player.out()
        assert player.depth is depth


def test_a_map_is_a_step_where_units_stand_in_time(transport):
    lesson = Sequences("820-three-steps")
    moment = lesson.after(Kind.DELTA, "rnn", 3)
    transport.show_moment(moment, Depth.MAP, 4, 0)
    assert [button.text() for button in shown(transport)] == ["Term", "Neuron", "Step", *WORDS[3:]]
    assert transport.depth_buttons[Depth.MAP].toolTip() == "Step by time step (3)"
    assert transport.bar._how_far() == "time step 3 of 3"
