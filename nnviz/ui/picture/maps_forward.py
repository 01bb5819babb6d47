"""Pictures of filters at work: weighted sums of maps, and their activations."""

from __future__ import annotations

from dataclasses import replace

from nnviz.engine.graph import ConvolutionLayer, Node, WeightedLayer
from nnviz.engine.ops.base import Elementwise
from nnviz.engine.outline import Depth, Pass
from nnviz.ui.layout.sketch import sketch_of
from nnviz.ui.picture.maps_fields import field_of, padding_of
from nnviz.ui.picture.maps_framing import (
    bias_note,
    framed_whole,
    input_size,
    lit,
    named,
    place_words,
    target_panel,
    with_term,
)
from nnviz.ui.picture.maps_parts import Curve, MapPicture, Panel, Region
from nnviz.ui.picture.maps_planes import Planes, size_of, weight_size
from nnviz.ui.picture.maps_subject import Subject
from nnviz.ui.picture.maps_work import products_of_field


def sum_of_maps(planes: Planes, subject: Subject) -> MapPicture:
    """Image, filter, feature map: the field of the current cell, weighed with the filter, makes the cell."""
    layer = subject.stage.layer
    assert isinstance(layer, ConvolutionLayer)
    cell = subject.cell
    field = field_of(planes.graph, layer, cell) if cell is not None else None
    first = replace(subject, unit=subject.unit or 0)
    first_field = field or field_of(planes.graph, layer, (0, 0, 0))
    assert first_field is not None
    work = products_of_field(planes, layer, first, first_field)
    return MapPicture(
        source_panel(planes, layer, subject, field),
        filter_panel(planes, layer, subject),
        target_panel(planes, layer, *_made(planes, layer, subject), subject),
        Pass.FORWARD,
        has_rays=field is not None,
        joins=layer,
        work=work if field is not None else None,
        room_for=work if planes.reader.depth <= Depth.NEURON else None,
    )


def _made(planes: Planes, layer: ConvolutionLayer, subject: Subject) -> tuple[Node, str]:
    """z, which stands for a as well where φ changes nothing; a where it is asked for."""
    asked = planes.reader.selection or (subject.ref if planes.reader.depth is Depth.TERM else None)
    return (layer.a, "a") if asked is not None and asked.scope == layer.a.scope else (layer.z, "z")


def source_panel(planes: Planes, layer: WeightedLayer, subject: Subject, field: Region | None) -> Panel:
    """What a layer of maps reads, with the receptive field in every channel."""
    grids = planes.all_of(layer.x)
    padding = padding_of(layer)
    named = zip(grids, planes.labels(layer), strict=True)
    grids = tuple(replace(grid, label=label, padding=padding) for grid, label in named)
    if field is not None:
        grids = lit(grids, field, Pass.FORWARD)
    caption = "" if field is None else "receptive field: " + place_words(planes, field)
    grids = with_term(planes, grids, subject)
    return Panel(planes.input_title(layer), input_size(planes, layer.x), grids, caption)


def filter_panel(planes: Planes, layer: ConvolutionLayer, subject: Subject) -> Panel:
    """The filter in use, channel by channel, before the others; all of them where a whole layer is shown."""
    filters = layer.w.shape[0]
    if subject.group is None:
        grids = tuple(grid for f in range(filters) for grid in planes.filter(layer, f))
        return Panel("Filters" if filters > 1 else "Filter", f"w, {weight_size(layer)}", grids)
    grids = planes.filter(layer, subject.group)
    if subject.cell is not None:
        grids = framed_whole(grids, Pass.FORWARD)
    if layer.w.shape[1] > 1:
        grids = named(grids, planes.labels(layer))
    return Panel(
        planes.maps.filter_title(layer, subject.group),
        f"w, {weight_size(layer)}",
        with_term(planes, grids, subject),
        notes=bias_note(planes, layer, subject.group),
        sheets=filters - 1,
    )


def activation_of_maps(planes: Planes, subject: Subject) -> MapPicture:
    """z, the curve of φ, and a: every cell by itself."""
    layer = subject.stage.layer
    assert isinstance(layer, ConvolutionLayer) and isinstance(layer.a.op, Elementwise)
    left = target_panel(planes, layer, layer.z, "z", subject)
    if subject.unit is not None:
        left = replace(left, grids=tuple(replace(grid, lit=grid.anchor) for grid in left.grids))
    cell, sketch = subject.cell, sketch_of(layer.a.op)
    at = None
    if cell is not None and planes.is_known(layer.a, cell):
        z, a = (float(planes.array(node)[cell]) for node in (layer.z, layer.a))
        at = sketch.operating_point(z, a)
    return MapPicture(
        replace(
            left, is_current=False, subtitle=size_of(layer.z) if subject.group is None else left.subtitle
        ),
        Panel(layer.a.op.formula.replace("φ(z)", "a"), curve=Curve(sketch, at, layer.a.op.symbol)),
        target_panel(planes, layer, layer.a, "a", subject),
        Pass.FORWARD,
        has_rays=cell is not None,
        is_cellwise=True,
    )
