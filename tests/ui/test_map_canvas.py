"""The canvas of a network of maps: what is read, weighed and made, and nothing before it is computed."""

from __future__ import annotations

import random

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from nnviz.engine.layers import GraphBuilder
from nnviz.engine.numbers import show
from nnviz.engine.ops import Identity, ReLU, Softmax, SoftmaxCrossEntropy
from nnviz.engine.ops.base import PADDING, Factor
from nnviz.engine.ops.pooling import AveragePool, MaxPool
from nnviz.engine.outline import Depth, Kind
from nnviz.engine.ref import Part, Ref
from nnviz.ui import style
from nnviz.ui.items import grid as grid_items
from nnviz.ui.items.grid import GridItem
from nnviz.ui.items.grid_colors import cell_colors, image_of, inks_on
from nnviz.ui.picture.maps import map_picture_of
from nnviz.ui.picture.maps_fields import field_of, reach_of
from nnviz.ui.picture.maps_parts import Address, Grid, Look, Product, Region, Tone, Values
from nnviz.ui.picture.reader import Reader
from tests.ui.maps import Maps, forward_only, lenet, small
from tests.ui.stand import LEFT, Stand

PIXEL = Ref("x", cell=(0, 2, 3))
SUM = Ref("conv/z", cell=(1, 2, 0))
POOLED = Ref("pool/p", cell=(0, 1, 1))


def network(stride=(1, 1), padding=(0, 0), flipped=False, channels=1, pool=MaxPool, phi=ReLU, examples=1):
    """A 7×6 image, two filters of 3×2, pooling, two classes."""
    builder = GraphBuilder()
    x, t = builder.given("x", (channels, 7, 6)), builder.given("t", (2,))
    conv = builder.convolution(
        x, 2, (3, 2), phi(), "conv", "Conv", stride=stride, padding=padding, flipped=flipped
    )
    pooled = builder.pooling(conv.a, pool((2, 2), (1, 1)), "pool", "Pool")
    dense = builder.dense(pooled.a, 2, Softmax(), "dense", "Dense")
    return Maps(builder.graph(x, t, builder.loss(SoftmaxCrossEntropy(False), dense, t)), examples)


def deep():
    """Two convolutions, one on the other, and a squared error that comes back through slopes."""
    builder = GraphBuilder()
    x, t = builder.given("x", (2, 6, 6)), builder.given("t", (2,))
    one = builder.convolution(x, 2, (3, 3), ReLU(), "one", "One", padding=(1, 1))
    two = builder.convolution(one.a, 3, (2, 2), Identity(), "two", "Two", stride=(2, 2))
    hidden = builder.dense(two.a, 4, ReLU(), "hidden", "Hidden")
    out = builder.dense(hidden.a, 2, Softmax(), "out", "Out")
    return Maps(builder.graph(x, t, builder.loss(SoftmaxCrossEntropy(False), out, t)), 2)


NETWORKS = {
    "small": small,
    "color": lambda: small(channels=3),
    "batch": lambda: small(examples=2),
    "forward only": forward_only,
    "strided": lambda: network((2, 2), (1, 1), channels=2),
    "turned": lambda: network(flipped=True),
    "average": lambda: network(pool=AveragePool),
    "deep": deep,
}


@pytest.fixture
def stand(qtbot):
    return Stand(qtbot, small())


def picture(maps, position, depth=Depth.NEURON, selection=None, pointed=None):
    return map_picture_of(Reader(maps.moment(position), depth, 4, selection, pointed))


def picture_after(maps, ref, depth=Depth.NEURON, **marks):
    return picture(maps, maps.outline.completed_at(ref), depth, **marks)


def grids(stand):
    return [item for item in stand.view.board.items_with_numbers() if isinstance(item, GridItem)]


def positions(outline, count=4):
    """Some positions of every stage, its first and its last among them."""
    draw = random.Random(3)
    for stage in outline.stages:
        inner = [draw.randint(stage.start + 1, stage.end) for _ in range(count)]
        yield from sorted({stage.start + 1, *inner, stage.end})


# What is shown


@pytest.mark.parametrize("name", NETWORKS)
def test_every_number_is_the_one_of_the_moment_and_none_is_there_too_early(qtbot, name):
    stand = Stand(qtbot, NETWORKS[name]())
    for position in (0, *positions(stand.outline)):
        for depth in (Depth.TERM, Depth.NEURON, Depth.MAP, Depth.LAYER):
            moment = stand.go(position, depth)
            for item in grids(stand):
                for number in item.numbers():
                    value = moment.value(number.ref)
                    assert value == number.value, (position, depth, number.ref)
                    assert number.text in {show(value, 4, moment.decimals(number.ref)), show(value, 4, 0)}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_number_of_every_step_has_a_place(qtbot, name):
    """Whatever the step computes is in its picture, and can be pointed at there."""
    stand = Stand(qtbot, NETWORKS[name]())
    for position in positions(stand.outline):
        moment = stand.go(position, Depth.TERM)
        ref = moment.leaf.ref
        picture = map_picture_of(Reader(moment, Depth.TERM, 4, None, None))
        in_work = picture.work.parts if picture.work else ()
        assert picture.shows(ref) or any(getattr(p, "number", None) and p.number.ref == ref for p in in_work)


def test_before_the_first_step_there_are_only_image_and_filters(stand):
    stand.go(0)
    scopes = {ref.scope for item in grids(stand) for ref in (n.ref for n in item.numbers())}
    assert scopes == {"x", "conv/w"}


def test_pixels_are_as_dark_as_their_value():
    grid = _grid(np.array([[0.0, 0.5, 1.0]]), Tone.GRAY)
    zero, middle, full = cell_colors(grid, True)[0]
    c = style.colors()
    assert QColor(*map(round, zero)).name() == QColor(c.canvas).name()
    assert QColor(*map(round, full)).name() == QColor(c.text).name()
    assert all(full < middle) and all(middle < zero)


def _grid(array, tone=Tone.SIGNED):
    address = Address("x", Part.VALUE, (0, 0, 0), (1, 2), *array.shape)
    return Grid(address, Values(array), tone)


@pytest.mark.parametrize("theme", [style.LIGHT, style.DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("tone", "least"), [(Tone.GRAY, 3.9), (Tone.SIGNED, 4.0)])
def test_every_number_stands_out_from_its_cell(qtbot, theme, tone, least):
    start = 0.0 if tone is Tone.GRAY else -1.0
    grid = _grid(np.linspace(start, 1, 101).reshape(1, -1), tone)
    before = style.colors()
    style.theme().use(theme)
    try:
        colors = cell_colors(grid, with_numbers=True)
        inks = inks_on(colors)[0]
    finally:
        style.theme().use(before)
    for color, ink in zip(colors[0], inks, strict=True):
        assert _contrast(color, ink.getRgb()[:3]) >= least


def _contrast(one, other):
    def lightness(color):
        parts = [c / 255 for c in color]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((lightness(one), lightness(other)))
    return (high + 0.05) / (low + 0.05)


def test_what_is_not_computed_has_no_color_while_a_zero_has_one():
    grid = _grid(np.array([[0.0, np.nan]]))
    image = image_of(grid, cell_colors(grid, False))
    assert image.pixelColor(0, 0).alpha() == 255
    assert image.pixelColor(1, 0).alpha() == 0


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


def test_padding_is_no_number(qtbot):
    stand = Stand(qtbot, forward_only())
    stand.go_to(Ref("conv/z", cell=(0, 0, 0)))
    (source,) = [item for item in grids(stand) if any(n.ref.scope == "x" for n in item.numbers())]
    corner = source.box_of(Ref("x", cell=(0, 0, 0)))
    assert source.number_at(corner.center()) is not None
    assert source.number_at(corner.center() - QPointF(corner.width(), 0)) is None


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


def test_a_click_on_a_cell_picks_it(stand):
    stand.go_to(SUM)
    for ref in (PIXEL, SUM, Ref("conv/w", cell=(1, 0, 1, 2)), Ref("conv/b", cell=(1,))):
        stand.click(ref)
        assert stand.heard["picked"][-1] == ref


def test_a_product_leads_to_the_sum_it_belongs_to(stand):
    stand.go_to(SUM)
    picture = map_picture_of(Reader(stand.moment, Depth.NEURON, 4, None, None))
    product = [p for p in picture.work.parts if isinstance(p, Product)][-1].grid
    item = next(item for item in grids(stand) if item.part == product)
    at = stand.view.board.mapFromScene(item.boundingRect().center())
    QTest.mouseClick(stand.viewport, LEFT, pos=at)
    assert stand.heard["picked"][-1] == SUM


def test_a_pixel_and_a_weight_can_be_typed_over_and_a_sum_cannot(stand):
    stand.go_to(SUM)
    stand.double_click(SUM)
    assert stand.view.field is None
    for ref in (PIXEL, Ref("conv/w", cell=(1, 0, 0, 0))):
        stand.double_click(ref)
        stand.view.field.setText("0.5")
        QTest.keyClick(stand.view.field, "\r")
        assert stand.heard["edited"][-1] == (ref, 0.5)


def test_the_mouse_over_a_cell_says_so(stand):
    stand.go_to(SUM)
    QTest.mouseMove(stand.viewport, stand.at(PIXEL))
    assert stand.heard["pointed"][-1] == PIXEL
    QTest.mouseMove(stand.viewport, QPoint(2, 2))
    assert stand.heard["pointed"][-1] is None


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


def test_the_selection_is_framed(stand):
    stand.go_to(SUM)
    stand.view.show_selection(PIXEL)
    assert [g.part.selected for g in grids(stand) if g.part.address.scope == "x"][:1] == [(2, 3)]


# Stepping


def test_a_step_paints_only_the_grids_whose_numbers_change(stand, monkeypatch):
    painted, real = [], grid_items.paint_face

    def paint_face(painter, part, *rest):
        painted.append(part)
        real(painter, part, *rest)

    monkeypatch.setattr(grid_items, "paint_face", paint_face)
    stand.go_to(Ref("conv/z", cell=(1, 2, 0)))
    stand.viewport.grab()
    painted.clear()
    stand.go_to(Ref("conv/z", cell=(1, 2, 1)))
    stand.viewport.grab()
    panels = [part for part in painted if not part.is_echo]
    assert {part.address.scope for part in panels} == {"conv/z"}


def test_nothing_jumps_from_one_cell_to_the_next(stand):
    stage = stand.outline.stages[0]
    stand.go(0)
    before = stand.view.rect_of(PIXEL)
    for unit in (0, 1, 17, 47):
        stand.go(stage.starts[unit + 1])
        assert stand.view.rect_of(PIXEL) == before


@pytest.mark.parametrize("size", [(560, 360), (706, 392), (866, 572), (1346, 750)])
@pytest.mark.parametrize("make", [small, lenet], ids=["small", "lenet"])
def test_every_stage_is_inside_of_the_view(qtbot, make, size):
    stand = Stand(qtbot, make(), size)
    area = stand.view.board.sceneRect()
    for stage in stand.outline.stages:
        for depth in (Depth.NEURON, Depth.LAYER):
            stand.go(stage.starts[(stage.units + 1) // 2], depth)
            for item in (one for one in grids(stand) if not one.part.is_echo):
                part = item.part
                ends = [part.address.ref(0, 0), part.address.ref(part.rows - 1, part.columns - 1)]
                assert all(area.contains(item.box_of(ref)) for ref in ends), (stage.kind, depth)


def test_the_legend_of_edges_is_not_there(stand):
    assert not stand.view.legend.isVisible()


@pytest.mark.parametrize("name", NETWORKS)
def test_it_can_be_painted_everywhere_in_both_themes(qtbot, name):
    stand = Stand(qtbot, NETWORKS[name]())
    before = style.colors()
    try:
        for theme in (style.LIGHT, style.DARK):
            style.theme().use(theme)
            for position in (0, *positions(stand.outline, count=1)):
                for depth in (Depth.TERM, Depth.LAYER):
                    stand.go(position, depth)
                    assert not stand.viewport.grab().isNull()
    finally:
        style.theme().use(before)
