"""Pictures of what is learned: the gradient of a filter or of the weights of a unit, and their update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nnviz.engine.graph import ConvolutionLayer, DenseLayer, WeightedLayer
from nnviz.engine.outline import Depth, Pass
from nnviz.engine.ref import LEARNING_RATE, Part, Ref
from nnviz.ui.picture.maps_fields import padding_of, touched_by
from nnviz.ui.picture.maps_framing import (
    bias_note,
    framed,
    framed_whole,
    input_size,
    lit,
    named,
    place_words,
    unit_framed,
    with_names,
    with_term,
)
from nnviz.ui.picture.maps_parts import Grid, MapPicture, Note, Panel, Sign, Work, one_cell
from nnviz.ui.picture.maps_planes import Planes, counted, plane_size, size_of, weight_size
from nnviz.ui.picture.maps_subject import Subject
from nnviz.ui.picture.maps_work import EQUALS, products_of_weight

GRADIENT = "∂E/∂w"


# The gradient of a filter


def gradient_of_filter(planes: Planes, subject: Subject) -> MapPicture:
    """Where a weight lay on the input, δ at each of those positions, and what they add up to."""
    layer = subject.stage.layer
    assert isinstance(layer, ConvolutionLayer)
    tap = _tap(layer, subject)
    right = _gradient_panel(planes, layer, subject)
    return MapPicture(
        _touched_panel(planes, layer, subject, tap),
        _delta_panel(planes, layer, subject),
        right,
        Pass.BACKWARD,
        has_rays=tap is not None,
        work=products_of_weight(planes, layer, subject) if tap is not None else None,
    )


def _tap(layer: WeightedLayer, subject: Subject) -> tuple[int, ...] | None:
    """The weight (filter, channel, row, column) that a step is about; None for a bias or many."""
    if subject.unit is None or subject.ref is None or subject.ref.scope != layer.w.scope:
        return None
    return subject.ref.cell


def _touched_panel(
    planes: Planes, layer: ConvolutionLayer, subject: Subject, tap: tuple[int, ...] | None
) -> Panel:
    grids = named(planes.all_of(layer.x), planes.labels(layer))
    padding = padding_of(layer)
    grids = tuple(replace(grid, padding=padding) for grid in grids)
    caption = ""
    if tap is not None:
        region = touched_by(planes.graph, layer, tap[2:])
        assert region is not None
        (here,) = lit((grids[tap[1]],), region, Pass.BACKWARD)
        grids = (*grids[: tap[1]], here, *grids[tap[1] + 1 :])
        caption = "under it: " + place_words(planes, region)
    return Panel(
        planes.input_title(layer),
        input_size(planes, layer.x),
        with_term(planes, grids, subject),
        caption,
    )


def _delta_panel(planes: Planes, layer: ConvolutionLayer, subject: Subject) -> Panel:
    if subject.group is None:
        return Panel(f"{layer.title}, δ", size_of(layer.z), planes.all_of(layer.z, Part.DELTA))
    grids: tuple[Grid, ...] = (planes.plane(layer.z, Part.DELTA, subject.group),)
    if subject.unit is not None:
        grids = framed_whole(grids, Pass.BACKWARD)
    return Panel(
        f"{planes.notation.map_title(layer, subject.group)}, δ",
        plane_size(*layer.z.shape[1:]),
        with_term(planes, grids, subject),
        sheets=layer.z.shape[0] - 1,
    )


def _gradient_panel(planes: Planes, layer: ConvolutionLayer, subject: Subject) -> Panel:
    panel = filter_of(planes, layer, subject, Part.GRADIENT, Pass.BACKWARD)
    title = f"{panel.title}, {GRADIENT}"
    return replace(panel, title=title, subtitle=_weight_progress(layer, subject), is_current=True)


def _weight_progress(layer: ConvolutionLayer, subject: Subject) -> str:
    size = weight_size(layer)
    if subject.unit is None:
        return size
    group = subject.stage.places.group
    return f"{size}; {subject.unit % group + 1} of {group}"


def filter_of(planes: Planes, layer: ConvolutionLayer, subject: Subject, part: Part, into: Pass) -> Panel:
    """A filter or its gradient with the current weight framed; all of them where a layer is done."""
    filters = layer.w.shape[0]
    if subject.group is None:
        grids = tuple(grid for f in range(filters) for grid in planes.filter(layer, f, part))
        return Panel("Filters" if filters > 1 else "Filter", f"w, {weight_size(layer)}", grids)
    grids = planes.filter(layer, subject.group, part)
    if layer.w.shape[1] > 1:
        grids = named(grids, planes.labels(layer))
    return Panel(
        planes.maps.filter_title(layer, subject.group),
        weight_size(layer),
        with_current(grids, subject, part, into),
        notes=(*_bias(planes, layer, subject, part), *_slope(planes, layer, subject, part)),
        sheets=filters - 1,
    )


def with_current(grids: Sequence[Grid], subject: Subject, part: Part, into: Pass) -> tuple[Grid, ...]:
    """The weight framed that the step is about, in the quantity that a grid shows."""
    wanted = subject.ref.of(part) if subject.ref is not None else None
    marked = []
    for grid in grids:
        place = grid.address.place(wanted)
        grid = replace(grid, into=into)
        marked.append(framed((grid,), one_cell(*place), into)[0] if place else grid)
    return tuple(marked)


def _bias(planes: Planes, layer: WeightedLayer, subject: Subject, part: Part) -> tuple[Note, ...]:
    """The bias that belongs to the weights, or its gradient; highlighted while the step is about it."""
    index = subject.group if layer.is_map else subject.unit
    if index is None or layer.b is None or not layer.b.is_trainable:
        return ()
    word = "∂E/∂b" if part is Part.GRADIENT else "bias"
    is_new = subject.ref is not None and subject.ref.scope == layer.b.scope and subject.ref.part is part
    (note,) = bias_note(planes, layer, index, part)
    return (note._replace(word=word, is_new=is_new),)


def _slope(planes: Planes, layer: WeightedLayer, subject: Subject, part: Part) -> tuple[Note, ...]:
    """The slope λ that a map or unit learns, or its gradient; highlighted like the bias."""
    index = subject.group if layer.is_map else subject.unit
    if index is None or layer.slopes is None or not layer.slopes.is_trainable:
        return ()
    ref = Ref(layer.slopes.scope, part, (index,))
    word = "∂E/∂λ" if part is Part.GRADIENT else "λ"
    return (Note(word, planes.reader.number(ref), is_new=subject.ref == ref),)


# The gradient of a unit


def gradient_of_unit(planes: Planes, subject: Subject) -> MapPicture:
    """What a dense layer reads, times δ of a unit: the gradient of every weight into it."""
    layer = subject.stage.layer
    assert isinstance(layer, DenseLayer)
    inputs = planes.all_of(layer.x)
    if len(layer.x.shape) > 1:
        inputs = named(inputs, planes.labels(layer))
    if subject.unit is not None:
        inputs = framed_whole(inputs, Pass.BACKWARD)
    delta = unit_framed(planes.vector(layer.z, Part.DELTA), subject, "δ", Pass.BACKWARD)
    return MapPicture(
        Panel(planes.input_title(layer), input_size(planes, layer.x), inputs),
        Panel(f"{layer.title}, δ", size_of(layer.z), with_names(planes, layer, (delta,))),
        _weights_of(planes, layer, subject, Part.GRADIENT, Pass.BACKWARD, GRADIENT),
        Pass.BACKWARD,
        has_rays=subject.unit is not None,
    )


def _weights_of(
    planes: Planes, layer: DenseLayer, subject: Subject, part: Part, into: Pass, name: str
) -> Panel:
    """The weights of a unit in the shape of what the layer reads; as a matrix where no unit is looked at."""
    if subject.unit is None:
        size = f"{layer.w.shape[0]} × {layer.w.shape[1]}"
        return Panel(f"{layer.title}, {name}", size, (planes.matrix(layer, part),), is_current=True)
    grids = planes.weights_into(layer, subject.unit, part)
    if len(layer.x.shape) > 1:
        grids = named(grids, planes.labels(layer))
    if planes.reader.depth is Depth.TERM:
        grids = with_current(grids, subject, part, into)
    else:
        grids = framed_whole(grids, into)
    who = planes.notation.neuron(layer, subject.unit).partition(" of ")[0]
    return Panel(
        f"{who.capitalize()}, {name}",
        counted(layer.w.shape[1], "weight"),
        grids,
        notes=(*_bias(planes, layer, subject, part), *_slope(planes, layer, subject, part)),
        sheets=layer.units - 1,
        is_current=True,
    )


# Updates


def update_of_filter(planes: Planes, subject: Subject) -> MapPicture:
    """A filter before and after the update, and the gradient between them."""
    layer = subject.stage.layer
    assert isinstance(layer, ConvolutionLayer)
    old, gradient, new = (
        filter_of(planes, layer, subject, part, Pass.UPDATE) for part in (Part.VALUE, Part.GRADIENT, Part.NEW)
    )
    return _update(planes, subject, (old, gradient, new))


def update_of_unit(planes: Planes, subject: Subject) -> MapPicture:
    """The same for the weights of a unit."""
    layer = subject.stage.layer
    assert isinstance(layer, DenseLayer)
    old, gradient, new = (
        _weights_of(planes, layer, subject, part, Pass.UPDATE, "w")
        for part in (Part.VALUE, Part.GRADIENT, Part.NEW)
    )
    plain = (replace(panel, title=panel.title.removesuffix(", w")) for panel in (old, gradient, new))
    return _update(planes, subject, tuple(plain))


def _update(planes: Planes, subject: Subject, panels: Sequence[Panel]) -> MapPicture:
    old, gradient, new = panels
    return MapPicture(
        replace(old, title=f"{old.title}, old", is_current=False),
        replace(gradient, title="Gradient", subtitle=GRADIENT, is_current=False),
        replace(new, title=f"{new.title}, new", is_current=True),
        Pass.UPDATE,
        has_rays=subject.unit is not None,
        work=_descent(planes, subject),
    )


def _descent(planes: Planes, subject: Subject) -> Work | None:
    """w − α·∂E/∂w = the new weight, where the step is about one."""
    ref = subject.ref
    layer = subject.stage.layer
    is_one = layer is not None and (layer.is_map or planes.reader.depth is Depth.TERM)
    if ref is None or subject.unit is None or not is_one or not planes.moment.is_plain_descent:
        return None
    letter = ref.scope.rpartition("/")[2]

    def note(word: str, wanted: Ref, is_new: bool = False) -> Note:
        number = replace(planes.reader.number(wanted), is_echo=not is_new)
        return Note(word, number, is_new=is_new)

    return Work(
        (
            note(letter, ref.of(Part.VALUE)),
            Sign("−"),
            note("α", LEARNING_RATE),
            Sign("·"),
            note(f"∂E/∂{letter}", ref.of(Part.GRADIENT)),
            EQUALS,
            note(f"new {letter}", ref.of(Part.NEW), True),
        )
    )
