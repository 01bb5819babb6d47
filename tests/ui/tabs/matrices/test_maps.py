"""The equations of cells of maps and weights of filters: the columns give the number, and can be clicked."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from nnviz.engine.outline import Depth, Kind
from nnviz.engine.ref import Part, Ref
from nnviz.ui.layout.matrix_equation import Block
from nnviz.ui.tabs.matrices.pages import page_at
from nnviz.ui.tabs.matrices.parts import LONGEST, SHOWN
from nnviz.ui.tabs.matrices.view import MatricesView
from tests.ui.maps import forward_only, lenet, small


@pytest.fixture(scope="module")
def network():
    return small(examples=2, channels=2)


def stage_of(network, kind, scope):
    return next(s for s in network.outline.stages if s.kind is kind and s.layer and s.layer.scope == scope)


def numbers(moment, block):
    def number(entry):
        if not isinstance(entry, Ref):
            return entry
        value = moment.value(entry)
        return np.nan if value is None else value

    return np.array([[number(block.entry(i, j)) for j in range(block.columns)] for i in range(block.rows)])


def equations(network, kind, scope, unit):
    """The matrices of the page at the end of a unit, equation by equation."""
    moment = network.moment(stage_of(network, kind, scope).starts[unit + 1])
    page = page_at(moment, Depth.NEURON, None)
    return [[numbers(moment, part) for part in f if isinstance(part, Block)] for f in page.formulas]


@pytest.mark.parametrize("unit", (0, 17, 47))
def test_a_cell_is_the_filter_times_the_field(network, unit):
    (z, w, x), *_ = equations(network, Kind.SUM, "conv", unit)
    assert w.shape == x.shape == (19, 1) and x[0, 0] == 1
    np.testing.assert_allclose((w * x).sum(), z[0, 0], rtol=1e-12)


def test_padding_is_zero():
    (_, w, x), *_ = equations(forward_only(), Kind.SUM, "conv", 0)
    assert w.shape == (9, 1)
    assert (x[:3] == 0).all() and x[4, 0] != 0


@pytest.mark.parametrize("unit", (0, 5, 11))
def test_pooling_is_the_largest_of_its_window(network, unit):
    ((p, a),) = equations(network, Kind.POOL, "pool", unit)
    assert a.shape == (2, 2) and p[0, 0] == a.max()


@pytest.mark.parametrize("unit", (0, 5, 11))
def test_the_error_comes_back_over_the_weights(network, unit):
    ((error, w, delta),) = equations(network, Kind.ERROR, "pool", unit)
    np.testing.assert_allclose((w * delta).sum(), error[0, 0], rtol=1e-12)


def test_the_error_goes_to_the_winners(network):
    slopes = []
    for unit in range(48):
        (error, slope, above), (delta, again, by) = equations(network, Kind.DELTA, "conv", unit)
        slopes.append(slope[0, 0])
        np.testing.assert_allclose((slope * above).sum(), error[0, 0], rtol=1e-12)
        np.testing.assert_allclose(again[0, 0] * by[0, 0], delta[0, 0], rtol=1e-12)
    assert sum(slopes) == 12


@pytest.mark.parametrize("unit", (1, 20, 29))
def test_the_gradient_of_a_weight_adds_up_positions_and_examples(network, unit):
    ((gradient, delta, x),) = equations(network, Kind.GRADIENT, "conv", unit)
    assert len(delta) == len(x) == 32
    np.testing.assert_allclose((delta * x).sum(), gradient[0, 0], rtol=1e-10)


def test_the_gradient_of_a_bias_adds_up_the_errors(network):
    ((gradient, delta),) = equations(network, Kind.GRADIENT, "conv", 0)
    np.testing.assert_allclose(delta.sum(), gradient[0, 0], rtol=1e-10)


def test_the_update_moves_against_the_gradient(network):
    ((new, old, alpha, gradient),) = equations(network, Kind.UPDATE, "conv", 7)
    np.testing.assert_allclose(old - alpha * gradient, new)


def test_a_dense_layer_reads_the_maps_flattened(network):
    formula, *_ = equations(network, Kind.SUM, "dense", 1)
    z, w, a = formula
    assert w.shape == (2, 13) and a.shape == (13, 2)
    np.testing.assert_allclose(w @ a, z, rtol=1e-12)


# Large layers


@pytest.mark.parametrize("depth", (Depth.TERM, Depth.NEURON, Depth.MAP, Depth.LAYER))
def test_a_page_of_a_large_network_stays_small_and_says_so(depth):
    network = lenet()
    for one in network.outline.stages:
        for unit in {0, one.units // 2, one.units - 1}:
            moment = network.moment(one.starts[unit + 1])
            page = page_at(moment, depth, None)
            blocks = [part for formula in page.formulas for part in formula if isinstance(part, Block)]
            assert all(block.rows <= LONGEST and block.columns <= LONGEST for block in blocks)
            assert all(block.used is None or block.used.rows <= block.rows for block in blocks)
            entries = [b.entry(i, j) for b in blocks for i in range(b.rows) for j in range(b.columns)]
            current = page.highlighted | page.pending
            assert not current or current & set(entries)


def test_both_sides_of_a_product_show_the_same_part():
    network = lenet()
    moment = network.moment(stage_of(network, Kind.SUM, "f5").starts[78])
    page = page_at(moment, Depth.NEURON, None)
    z, w, a = (part for part in page.formulas[0] if isinstance(part, Block))
    assert (w.rows, w.columns, a.rows) == (SHOWN, SHOWN, SHOWN)
    assert [w.entry(i, 0).cell for i in range(SHOWN)] == [z.entry(i, 0).cell for i in range(SHOWN)]
    assert "Shown in part: units" in page.note and "inputs 1 … 12 of 401" in page.note


# In the window


@pytest.fixture
def view(qtbot, network):
    one = MatricesView()
    qtbot.addWidget(one)
    one.resize(350, 620)
    one.set_graph(network.graph, network.textbook)
    one.show()
    return one


def test_every_number_of_a_field_can_be_picked(qtbot, network, view):
    moment = network.moment(stage_of(network, Kind.SUM, "conv").starts[18])
    view.show_moment(moment, Depth.NEURON, 4)
    for ref in (Ref("conv/z", cell=(1, 0, 1)), Ref("conv/w", cell=(1, 1, 2, 2)), Ref("x", cell=(1, 2, 3))):
        rect = view.canvas.rect_of(ref)
        with qtbot.waitSignal(view.picked) as picked:
            qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=rect.center().toPoint())
        assert (picked.args[0].scope, picked.args[0].cell) == (ref.scope, ref.cell)


@pytest.mark.parametrize(
    "ref",
    (
        Ref("conv/z", cell=(2, 3, 3)),
        Ref("conv/a", cell=(2, 3, 3)),
        Ref("pool/p", cell=(1, 0, 1)),
        Ref("pool/p", Part.GRADIENT, (1, 0, 1)),
        Ref("conv/z", Part.DELTA, (0, 1, 2)),
        Ref("conv/w", Part.GRADIENT, (2, 0, 1, 1)),
        Ref("conv/w", Part.NEW, (2, 0, 1, 1)),
        Ref("dense/w", cell=(1, 7)),
        Ref("dense/z", cell=(1,)),
    ),
)
def test_a_selected_number_brings_its_equation(network, view, ref):
    view.show_moment(network.end(), Depth.NEURON, 4)
    view.show_selection(ref)
    assert view.canvas.rect_of(ref) is not None


def test_the_page_of_a_network_without_output_vector_has_no_batch(view):
    network = forward_only()
    view.set_graph(network.graph, network.textbook)
    view.show_moment(network.end(), Depth.NEURON, 4)
    assert view.canvas.sheet.page.batch is None and view.canvas.sheet.height > 0
