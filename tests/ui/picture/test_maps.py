"""The picture of a network of maps: fields, products, winners, errors, and what belongs together."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.ops.base import PADDING, Factor
from nnviz.engine.ops.pooling import AveragePool, MaxPool
from nnviz.engine.outline import Depth, Kind
from nnviz.engine.ref import Part, Ref
from nnviz.ui.picture.maps import map_picture_of
from nnviz.ui.picture.maps_fields import field_of, reach_of
from nnviz.ui.picture.maps_parts import Look, Product, Region
from nnviz.ui.picture.reader import Reader
from tests.ui.map_networks import NETWORKS, deep, network, positions
from tests.ui.maps import small

PIXEL = Ref("x", cell=(0, 2, 3))
SUM = Ref("conv/z", cell=(1, 2, 0))
POOLED = Ref("pool/p", cell=(0, 1, 1))


def picture(maps, position, depth=Depth.NEURON, selection=None, pointed=None):
    return map_picture_of(Reader(maps.moment(position), depth, 4, selection, pointed))


def picture_after(maps, ref, depth=Depth.NEURON, **marks):
    return picture(maps, maps.outline.completed_at(ref), depth, **marks)


# The receptive field


@pytest.mark.parametrize("stride", [(1, 1), (2, 1), (2, 3)])
@pytest.mark.parametrize("padding", [(0, 0), (1, 1), (2, 0)])
@pytest.mark.parametrize("flipped", [False, True])
def test_field_and_reach_are_those_of_the_index_map(stride, padding, flipped):
    maps = network(stride, padding, flipped, channels=2)
    layer = maps.graph.layers[0]
    shapes = [maps.graph.nodes[i].shape for i in layer.z.inputs]
    for cell in np.ndindex(layer.z.shape):
        terms = [f.cell[1:] for fs in layer.z.op.terms(cell, *shapes) for f in fs if f.slot in (0, PADDING)]
        field = field_of(maps.graph, layer, cell)
        assert {place for place in terms if not field.holds(*place)} == set()
        assert field.rows * field.columns == len(set(terms))
    for cell in np.ndindex(layer.x.shape):
        uses = {use.output[1:] for use in layer.z.op.uses(Factor(0, cell), *shapes)}
        reach = reach_of(maps.graph, layer, cell)
        assert (reach is None) == (not uses)
        if reach is not None:
            assert reach.rows * reach.columns == len(uses)


def test_the_field_is_framed_in_every_channel_and_into_the_padding():
    maps = network(padding=(1, 1), channels=2)
    found = picture_after(maps, Ref("conv/z", cell=(1, 0, 0)))
    assert len(found.left.grids) == 2
    for grid in found.left.grids:
        assert grid.lit == Region(-1, -1, 2, 1)
        assert [frame.region for frame in grid.frames] == [grid.lit]
        assert grid.padding == (1, 1)
    (made,) = found.right.grids
    assert [frame.region for frame in made.frames] == [Region(0, 0, 1, 1)]
    assert found.left.caption == "receptive field: rows −1 to 1, columns −1 to 0"


# The row of products


@pytest.mark.parametrize(
    ("name", "channels"), [("small", 1), ("color", 3), ("strided", 2), ("turned", 1), ("forward only", 1)]
)
def test_products_add_up_to_the_cell(name, channels):
    maps = NETWORKS[name]()
    layer = maps.graph.layers[0]
    for unit in (0, layer.units // 2, layer.units - 1):
        cell = tuple(int(i) for i in np.unravel_index(unit, layer.z.shape))
        ref = Ref("conv/z", cell=cell)
        moment = maps.moment(maps.outline.completed_at(ref))
        work = map_picture_of(Reader(moment, Depth.NEURON, 4, None, None)).work
        products = [p for p in work.parts if isinstance(p, Product)][-channels:]
        bias = moment.value(Ref("conv/b", cell=cell[:1])) if layer.b is not None else 0.0
        total = sum(product.grid.values.array.sum() for product in products)
        assert total + bias == pytest.approx(moment.value(ref))
        if channels > 1:
            assert sum(product.total.value for product in products) + bias == pytest.approx(moment.value(ref))


def test_products_are_pixel_times_the_weight_that_lies_on_it():
    """A turned filter lies turned on the image."""
    maps = NETWORKS["turned"]()
    work = picture_after(maps, SUM).work
    pixels, weights, products = (p.grid for p in work.parts if isinstance(p, Product))
    assert np.allclose(pixels.values.array * weights.values.array, products.values.array)
    moment = maps.moment(0)
    for grid in (pixels, weights):
        for row, column in np.ndindex(grid.values.array.shape):
            assert moment.value(grid.address.ref(row, column)) == grid.values.array[row, column]
    assert weights.address.ref(0, 0).cell[2:] == (2, 1)


def test_term_by_term_only_the_products_so_far_are_there():
    maps = small()
    stage = maps.outline.stages[0]
    for term in range(1, 10):
        found = picture(maps, stage.starts[5] + term + 1, Depth.TERM)
        products = [p.grid for p in found.work.parts if isinstance(p, Product)][-1]
        assert np.isfinite(products.values.array).sum() == term
        frames = [frame for grid in found.left.grids for frame in grid.frames if frame.look is Look.TERM]
        assert len(frames) == 1


# Pooling


@pytest.mark.parametrize("pool", [MaxPool, AveragePool])
def test_a_winner_is_framed_where_there_is_one(pool):
    maps = network(pool=pool)
    layer = maps.graph.layers[1]
    for cell in [(0, 0, 0), (1, 2, 3)]:
        ref = Ref("pool/p", cell=cell)
        found = picture_after(maps, ref)
        frames = {frame.look: frame.region for frame in found.left.grids[0].frames}
        assert frames[Look.WINDOW] == field_of(maps.graph, layer, cell)
        if pool is AveragePool:
            assert Look.WINNER not in frames
            continue
        a = maps.moment(maps.outline.completed_at(ref)).array("conv/a").array[0]
        window = layer.a.op.window(cell, layer.x.shape)
        first = next(one for one in window if a[one] == max(a[two] for two in window))
        assert frames[Look.WINNER] == Region(first[1], first[2], first[1] + 1, first[2] + 1)


def test_the_window_has_no_winner_before_it_is_chosen():
    maps = network()
    stage = next(s for s in maps.outline.stages if s.kind is Kind.POOL)
    later = Ref("pool/p", cell=(1, 3, 3))
    found = picture(maps, stage.start + 1, selection=later)
    assert all(frame.look is not Look.WINNER for grid in found.left.grids for frame in grid.frames)


# Backward


def test_the_error_of_a_window_goes_to_its_winner_and_zeros_are_there_elsewhere():
    maps = small()
    stage = next(s for s in maps.outline.stages if s.kind is Kind.DELTA and s.layer.scope == "conv")
    found = picture(maps, stage.starts[16])
    (delta,) = found.left.grids
    assert found.is_backward and np.isfinite(delta.values.array).all()
    assert np.count_nonzero(delta.values.array) <= 4
    winners = [f for f in found.middle.grids[0].frames if f.look in (Look.WINNER, Look.WON)]
    assert len(winners) == 4


def test_a_cell_gets_its_error_from_every_cell_it_went_into():
    maps = deep()
    layer = maps.graph.layers[1]
    stage = next(s for s in maps.outline.stages if s.kind is Kind.DELTA and s.layer.scope == "one")
    for unit in (0, 21, 40):
        found = picture(maps, stage.starts[unit + 1])
        cell = stage.places.cell(unit)
        assert len(found.right.grids) == 3
        assert all(grid.lit == reach_of(maps.graph, layer, cell) for grid in found.right.grids)
        assert all(grid.address.base[:2] == (f, cell[0]) for f, grid in enumerate(found.middle.grids))


def test_the_gradient_of_a_weight_shows_where_it_lay_on_the_image():
    maps = small()
    found = picture_after(maps, Ref("conv/w", Part.GRADIENT, (1, 0, 2, 1)))
    assert found.left.grids[0].lit == Region(2, 1, 6, 5)
    (gradient,) = found.right.grids
    assert np.isfinite(gradient.values.array).sum() == 8
    work = [p.grid.values.array for p in found.work.parts if isinstance(p, Product)]
    assert work[-1].sum() == pytest.approx(gradient.values.array[2, 1])


def test_an_update_shows_old_gradient_and_new():
    maps = small()
    found = picture_after(maps, Ref("conv/w", Part.NEW, (1, 0, 1, 1)))
    old, gradient, new = (panel.grids[0].values.array for panel in found.panels)
    known = np.isfinite(new)
    assert known.sum() == 5
    assert np.allclose(new[known], (old - 0.1 * gradient)[known])


# The pointer and the selection


@pytest.mark.parametrize(("pointed", "panel"), [(PIXEL, "right"), (SUM, "left")])
def test_what_belongs_to_the_cell_under_the_pointer_lights_up(pointed, panel):
    maps = small()
    layer = maps.graph.layers[0]
    region = (reach_of if panel == "right" else field_of)(maps.graph, layer, pointed.cell)
    found = picture_after(maps, Ref("conv/z", cell=(1, 3, 3)), pointed=pointed)
    (grid,) = getattr(found, panel).grids
    assert [frame.region for frame in grid.frames if frame.look is Look.RELATED] == [region]


def test_a_window_belongs_to_its_own_map_only():
    maps = small()
    found = picture_after(maps, POOLED, Depth.LAYER, pointed=Ref("conv/a", cell=(1, 3, 3)))
    related = [[f.region for f in g.frames if f.look is Look.RELATED] for g in found.right.grids]
    assert related == [[], [], []] or related == [[], [Region(1, 1, 2, 2)], []]


@pytest.mark.parametrize(
    ("selected", "is_backward"),
    [
        (Ref("conv/z", cell=(2, 1, 1)), False),
        (Ref("conv/a", cell=(0, 3, 3)), False),
        (Ref("x", cell=(0, 5, 5)), False),
        (Ref("conv/z", Part.DELTA, (0, 1, 1)), True),
        (Ref("conv/w", Part.GRADIENT, (0, 0, 1, 1)), False),
        (Ref("conv/w", cell=(2, 0, 1, 1)), False),
        (Ref("dense/w", cell=(1, 7)), False),
        (Ref("t", cell=(1,)), False),
        (Ref("loss"), False),
    ],
)
def test_a_selected_number_has_a_place_wherever_the_class_is(selected, is_backward):
    maps = small()
    for position in positions(maps.outline, count=1):
        found = picture(maps, position, selection=selected)
        assert found.shows(selected), position
    at_end = picture(maps, maps.outline.length, selection=selected)
    assert at_end.is_backward == is_backward
