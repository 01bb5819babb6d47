"""The canvas of a network of maps: what is read, weighed and made, and nothing before it is computed."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtTest import QTest

from nnviz.engine.numbers import show
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Part, Ref
from nnviz.lessons.catalogue import load
from nnviz.ui import style
from nnviz.ui.items import grid as grid_items
from nnviz.ui.items.grid import GridItem
from nnviz.ui.items.grid_colors import cell_colors, image_of, inks_on
from nnviz.ui.picture.maps import map_picture_of
from nnviz.ui.picture.maps_parts import Address, Grid, Product, Tone, Values
from nnviz.ui.picture.reader import Reader
from tests.ui.map_networks import NETWORKS, positions
from tests.ui.maps import forward_only, lenet, small
from tests.ui.reading.recorder import record
from tests.ui.stand import LEFT, Stand

PIXEL = Ref("x", cell=(0, 2, 3))
SUM = Ref("conv/z", cell=(1, 2, 0))
POOLED = Ref("pool/p", cell=(0, 1, 1))


@pytest.fixture
def stand(qtbot):
    return Stand(qtbot, small())


def grids(stand):
    return [item for item in stand.view.board.items_with_numbers() if isinstance(item, GridItem)]


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


# The pointer and the selection


def test_padding_is_no_number(qtbot):
    stand = Stand(qtbot, forward_only())
    stand.go_to(Ref("conv/z", cell=(0, 0, 0)))
    (source,) = [item for item in grids(stand) if any(n.ref.scope == "x" for n in item.numbers())]
    corner = source.box_of(Ref("x", cell=(0, 0, 0)))
    assert source.number_at(corner.center()) is not None
    assert source.number_at(corner.center() - QPointF(corner.width(), 0)) is None


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


def test_the_selection_is_framed(stand):
    stand.go_to(SUM)
    stand.view.show_selection(PIXEL)
    shown = [g.part for g in grids(stand) if g.part.address.scope == "x" and not g.part.is_echo]
    assert [part.selected for part in shown] == [(2, 3)]


def test_a_number_is_edited_where_it_was_clicked(stand):
    """Every place of it: the large picture, the row of products, the overview."""
    stand.go_to(SUM)
    for part in [g for g in grids(stand) if g.part.address.scope == "x"]:
        place = part.box_at(part.boundingRect().center())
        at = stand.view.board.mapFromScene(place.center())
        QTest.mouseDClick(stand.viewport, LEFT, pos=at)
        assert stand.view.field.geometry().contains(at)
        stand.view.field.abandon()


def test_the_place_of_a_number_is_in_the_large_picture(stand):
    stand.go_to(SUM)
    item = next(g for g in grids(stand) if g.part.address.scope == "x" and not g.part.is_echo)
    box = stand.view.board.mapFromScene(item.box_of(PIXEL)).boundingRect()
    assert stand.view.rect_of(PIXEL).toRect() == box


def test_in_the_middle_of_a_sum_only_the_products_so_far_are_shown(stand):
    """At any depth: one may have stepped there term by term."""
    stand.go_to(SUM)
    stage = stand.outline.stage_of("conv/z", Part.VALUE)
    unit = stage.places.unit_of(stand.view.graph["conv/z"], SUM.cell)
    bias = int(stand.moment.graph.layer_of(stand.moment.graph["conv/z"]).b is not None)
    for done in (1, 3):
        moment = stand.go(stage.starts[unit] + bias + done, Depth.NEURON)
        work = map_picture_of(Reader(moment, Depth.NEURON, 4, None, None)).work
        product = [part for part in work.parts if isinstance(part, Product)][-1]
        assert np.isfinite(product.grid.values.array).sum() == done


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


@pytest.mark.parametrize("size", [(686, 160), (560, 360), (706, 392), (866, 572)], ids=str)
@pytest.mark.parametrize("name", ["image-of-a-4", "cnn-by-hand", "lenet-5", "rgb-image"])
def test_titles_of_panels_do_not_run_into_each_other(qtbot, name, size):
    stand = Stand(qtbot, load(name), size)
    stand.go(stand.outline.stages[0].starts[1])
    color = QColor(style.colors().text).name()
    found = record(stand.view.board.scene()).texts
    texts = [one for one in found if one.by == "PanelItem" and one.color == color]
    metrics = QFontMetricsF(style.font(14.5, 600))
    assert texts
    for one, other in combinations(texts, 2):
        wide = (metrics.horizontalAdvance(one.text) + metrics.horizontalAdvance(other.text)) / 2
        is_beside = abs(one.at[1] - other.at[1]) < 1
        assert not is_beside or abs(one.at[0] - other.at[0]) >= wide - 1, (one.text, other.text)
