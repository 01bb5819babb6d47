"""The overview of all layers on the canvas: what it shows when, and what is under the mouse."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor

from nnviz.engine.outline import Depth, Kind, Pass
from nnviz.engine.ref import Part, Ref
from nnviz.ui import style
from nnviz.ui.items.board import Board
from nnviz.ui.items.overview import OverviewItem
from nnviz.ui.layout.geometry import Box
from nnviz.ui.picture.overview import labels_of, overview_of
from nnviz.ui.picture.reader import Reader
from tests.ui.maps import forward_only, lenet, small

SIZE = (866, 104)


def stage_of(network, kind, scope):
    return next(s for s in network.outline.stages if s.kind is kind and s.layer and s.layer.scope == scope)


def reader_at(network, position, depth=Depth.NEURON, selection=None, pointed=None):
    return Reader(network.moment(position), depth, 4, selection, pointed)


class Band:
    """The overview alone on a board."""

    def __init__(self, qtbot, network):
        self.network = network
        self.board = Board()
        self.board.resize(*SIZE)
        qtbot.addWidget(self.board)
        self.item = OverviewItem(network.graph, network.textbook)
        self.board.scene().addItem(self.item)
        self.board.setSceneRect(0, 0, *SIZE)
        self.item.place(Box(0, 0, *SIZE))
        self.board.show()
        qtbot.waitExposed(self.board)

    def show(self, position, **more):
        self.item.show(reader_at(self.network, position, **more))

    def at(self, ref) -> QPoint:
        center = self.item.box_of(ref).center()
        return self.board.mapFromScene(QPointF(int(center.x()), int(center.y())))

    def color(self, ref):
        return self.board.viewport().grab().toImage().pixelColor(self.at(ref)).name()


@pytest.fixture(params=(style.LIGHT, style.DARK), ids=("light", "dark"))
def colors(request):
    style.theme().use(request.param)
    yield request.param
    style.theme().use(style.LIGHT)


@pytest.mark.parametrize(
    ("network", "labels"),
    (
        (small, ["Image 6×6", "Convolution 3@4×4", "Max pooling 3@2×2", "Dense 2"]),
        (forward_only, ["Image 4×4", "Convolution 4×4"]),
        (
            lenet,
            [
                "Image 28×28",
                "C1 6@28×28",
                "S2 6@14×14",
                "C3 16@10×10",
                "S4 16@5×5",
                "F5 120",
                "F6 84",
                "Output 10",
            ],
        ),
    ),
)
def test_labels(network, labels):
    one = network()
    assert [label.full for label in labels_of(one.graph, one.textbook.notation)] == labels


def test_nothing_is_shown_before_it_is_computed():
    network = small()
    for position in range(0, network.outline.length + 1, 11):
        moment = network.moment(position)
        for thumbnail in overview_of(reader_at(network, position)):
            flat = thumbnail.values.array.reshape(-1)
            for index in range(flat.size):
                cell = tuple(int(i) for i in np.unravel_index(index, thumbnail.values.array.shape))
                known = [moment.value(Ref(scope, part, cell)) for scope, part in thumbnail.quantities]
                shown = next((value for value in known if value is not None), np.nan)
                np.testing.assert_equal(flat[index], shown)


@pytest.mark.parametrize(
    ("kind", "scope", "place", "quantity", "mark"),
    (
        (Kind.SUM, "conv", 1, ("conv/a", Part.VALUE), ""),
        (Kind.POOL, "pool", 2, ("pool/p", Part.VALUE), ""),
        (Kind.DELTA, "dense", 3, ("dense/z", Part.DELTA), "δ"),
        (Kind.ERROR, "pool", 2, ("pool/p", Part.GRADIENT), "∂E/∂p"),
        (Kind.DELTA, "conv", 1, ("conv/z", Part.DELTA), "δ"),
        (Kind.GRADIENT, "conv", 1, ("conv/z", Part.DELTA), "δ"),
    ),
)
def test_the_layer_of_the_step_is_ringed_in_the_hue_of_its_pass(kind, scope, place, quantity, mark):
    network = small()
    stage = stage_of(network, kind, scope)
    thumbnails = overview_of(reader_at(network, stage.end))
    assert [t.ring for t in thumbnails] == [stage.into if i == place else None for i in range(4)]
    assert thumbnails[place].quantities[0] == quantity and thumbnails[place].mark == mark


def test_errors_come_back_layer_by_layer():
    network = small()
    for kind, scope, marks in (
        (Kind.ACTIVATION, "dense", ["", "", "", ""]),
        (Kind.DELTA, "dense", ["", "", "", "δ"]),
        (Kind.ERROR, "pool", ["", "", "∂E/∂p", "δ"]),
        (Kind.DELTA, "conv", ["", "δ", "∂E/∂p", "δ"]),
    ):
        thumbnails = overview_of(reader_at(network, stage_of(network, kind, scope).end))
        assert [thumbnail.mark for thumbnail in thumbnails] == marks


def test_the_largest_output_is_marked_once_all_are_computed():
    network = small()
    stage = stage_of(network, Kind.ACTIVATION, "dense")
    assert overview_of(reader_at(network, stage.end - 1))[-1].winner is None
    output = network.moment(stage.end).array("dense/a").array[0]
    assert overview_of(reader_at(network, stage.end))[-1].winner == int(output.argmax())


def test_z_turns_into_a_cell_by_cell():
    network = small()
    stage = stage_of(network, Kind.ACTIVATION, "conv")
    moment = network.moment(stage.starts[20])
    shown = overview_of(reader_at(network, stage.starts[20]))[1].values.array.reshape(-1)
    z = moment.array("conv/z").array[0].reshape(-1)
    np.testing.assert_array_equal(shown[:20], np.maximum(z[:20], 0))
    np.testing.assert_array_equal(shown[20:], z[20:])


@pytest.mark.parametrize("network", (small, lenet))
def test_a_click_on_a_cell_gives_its_number(qtbot, network):
    band = Band(qtbot, network())
    band.show(band.network.outline.length)
    clicked = []
    band.board.clicked.connect(clicked.append)
    for node in (band.network.graph.inputs, *(layer.a for layer in band.network.graph.layers)):
        cell = tuple(size // 2 for size in node.shape)
        layer = band.network.graph.layer_of(node)
        ref = Ref(node.scope, cell=cell)
        if layer is not None:
            ref = Ref(layer.z.scope, Part.DELTA, cell) if hasattr(layer, "z") else ref.of(Part.GRADIENT)
        qtbot.mouseClick(band.board.viewport(), Qt.MouseButton.LeftButton, pos=band.at(ref))
        assert clicked[-1].ref == ref
        assert clicked[-1].value == band.network.end().value(ref)


def test_a_cell_that_is_not_computed_says_so(qtbot):
    band = Band(qtbot, small())
    band.show(0)
    number = band.board.number_at(band.at(Ref("conv/a", cell=(1, 2, 2))))
    assert number.ref == Ref("conv/a", cell=(1, 2, 2)) and number.value is None and number.text == ""


def test_cells_are_colored_by_sign_and_empty_before(qtbot, colors):
    band = Band(qtbot, small())
    stage = stage_of(band.network, Kind.SUM, "conv")
    cell = (0, 0, 1)
    ref = Ref("conv/z", cell=cell)
    band.show(stage.end)
    values = band.network.moment(stage.end).array("conv/z").array[0]
    wanted = colors.diverging_cell(values[cell], np.abs(values).max(), with_number=False)
    found = QColor(band.color(ref))
    assert max(abs(a - b) for a, b in zip(found.getRgb(), wanted.getRgb(), strict=True)) <= 3
    band.show(0)
    assert band.color(Ref("conv/a", cell=cell)) == colors.canvas.lower()


def test_the_ring_has_the_hue_of_the_pass(qtbot, colors):
    band = Band(qtbot, small())
    for kind, into in ((Kind.SUM, Pass.FORWARD), (Kind.DELTA, Pass.BACKWARD), (Kind.UPDATE, Pass.UPDATE)):
        band.show(stage_of(band.network, kind, "conv").end)
        image = band.board.viewport().grab().toImage()
        hue = QColor(colors.phase(into)[0]).rgba()
        pixels = np.frombuffer(image.constBits(), np.uint32)
        assert (pixels == hue).sum() > 100


def test_the_theme_is_taken_up(qtbot):
    style.theme().use(style.LIGHT)
    band = Band(qtbot, small())
    band.show(0)
    light = band.color(Ref("conv/a", cell=(0, 0, 0)))
    style.theme().use(style.DARK)
    band.show(0)
    assert (light, band.color(Ref("conv/a", cell=(0, 0, 0)))) == (
        style.LIGHT.canvas.lower(),
        style.DARK.canvas.lower(),
    )
    style.theme().use(style.LIGHT)


@pytest.mark.parametrize("mark", ("selection", "pointed"))
def test_the_twin_of_a_number_is_framed(qtbot, mark):
    band = Band(qtbot, small())
    end = stage_of(band.network, Kind.SUM, "conv").end
    band.show(end)
    before = band.board.viewport().grab().toImage()
    band.show(end, **{mark: Ref("conv/z", cell=(0, 2, 2))})
    assert band.board.viewport().grab().toImage() != before
