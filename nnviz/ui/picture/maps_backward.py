"""Pictures of the errors that come back: through filters, windows and weights, and from the loss."""

from __future__ import annotations

from dataclasses import replace

from nnviz.engine.graph import ConvolutionLayer, DenseLayer, Layer, Node, PoolingLayer, WeightedLayer
from nnviz.engine.ops.base import Cell, Elementwise, Pooling
from nnviz.engine.ops.losses import Loss
from nnviz.engine.outline import Kind, Pass
from nnviz.engine.ref import Part, Ref
from nnviz.ui.picture.maps_fields import field_of, reach_of
from nnviz.ui.picture.maps_framing import (
    framed,
    framed_whole,
    lit,
    named,
    progress,
    unit_framed,
    unit_notes,
    unit_progress,
    with_names,
    with_term,
)
from nnviz.ui.picture.maps_parts import Frame, Grid, Look, MapPicture, Panel, Region, Work, one_cell
from nnviz.ui.picture.maps_planes import Planes, plane_size, size_of, weight_size
from nnviz.ui.picture.maps_pooling import winner_of
from nnviz.ui.picture.maps_subject import Subject
from nnviz.ui.picture.maps_work import products_of_errors, slope_only

BACK = Pass.BACKWARD
MOST_FRAMED = 4


def errors(planes: Planes, subject: Subject) -> MapPicture:
    """∂E/∂a or δ of a layer, from what reads it."""
    layer = subject.stage.layer
    assert layer is not None
    above = planes.graph.consumer_layer(layer.a)
    if subject.stage.kind is Kind.DELTA and _is_from_own_errors(planes, layer, above):
        middle, right, work = _from_own_errors(planes, layer, subject), Panel(""), None
    elif isinstance(above, ConvolutionLayer):
        middle, right, work = _through_filters(planes, above, subject)
    elif isinstance(above, PoolingLayer):
        middle, right, work = _through_windows(planes, above, subject)
    elif isinstance(above, DenseLayer):
        middle, right, work = _through_weights(planes, above, subject)
    else:
        middle, right, work = _from_loss(planes, layer, subject)
    left = _own_panel(planes, layer, subject)
    return MapPicture(left, middle, right, BACK, True, subject.unit is not None, work, joins=above)


def quantity_of(layer: Layer, kind: Kind) -> tuple[Node, Part, str]:
    """What a stage of the backward pass computes for every unit, and how it is written."""
    if kind is Kind.DELTA and isinstance(layer, WeightedLayer):
        return layer.z, Part.DELTA, "δ"
    letter = layer.a.scope.rpartition("/")[2]
    return layer.a, Part.GRADIENT, f"∂E/∂{letter}"


def _own_panel(planes: Planes, layer: Layer, subject: Subject) -> Panel:
    """The errors of the layer itself, cell by cell."""
    node, part, name = quantity_of(layer, subject.stage.kind)
    if not layer.is_map:
        grid = unit_framed(planes.vector(node, part), subject, name, BACK)
        notes = unit_notes(planes, [node], subject, (grid,), part)
        vector = with_names(planes, layer, (grid,))
        return Panel(layer.title, unit_progress(layer, subject), vector, notes=notes, is_current=True)
    if subject.group is None:
        return Panel(f"{layer.title}, {name}", size_of(node), planes.all_of(node, part), is_current=True)
    grids: tuple[Grid, ...] = (replace(planes.plane(node, part, subject.group), into=BACK),)
    if subject.cell is not None:
        grids = framed(grids, one_cell(*subject.cell[1:]), BACK)
    title = f"{planes.notation.map_title(layer, subject.group)}, {name}"
    return Panel(title, progress(node, subject), grids, sheets=node.shape[0] - 1, is_current=True)


Others = tuple[Panel, Panel, Work | None]


# Through a convolution


def _through_filters(planes: Planes, above: ConvolutionLayer, subject: Subject) -> Others:
    """δ of every map above, and the slice of every filter that reads this map."""
    cell = subject.cell
    reach = reach_of(planes.graph, above, cell) if cell is not None else None
    deltas = planes.all_of(above.z, Part.DELTA)
    filters = above.w.shape[0]
    if filters > 1:
        deltas = named(deltas, [f"map {f + 1}" for f in range(filters)])
    if reach is not None:
        deltas = lit(deltas, reach, BACK)
    right = Panel(f"{above.title}, δ", size_of(above.z), with_term(planes, deltas, subject))
    return _slices_panel(planes, above, subject), right, _slope_work(planes, subject)


def _slices_panel(planes: Planes, above: ConvolutionLayer, subject: Subject) -> Panel:
    part = planes.weight_part(above)
    if subject.group is None:
        grids = tuple(g for f in range(above.w.shape[0]) for g in planes.filter(above, f, part))
        return Panel("Filters", f"w, {weight_size(above)}", grids)
    filters, k = above.w.shape[0], subject.group
    grids = tuple(planes.filter(above, f, part)[k] for f in range(filters))
    if filters > 1:
        grids = named(grids, [f"filter {f + 1}" for f in range(filters)])
    if subject.unit is not None:
        grids = framed_whole(grids, BACK) if filters <= MOST_FRAMED else grids
    size = plane_size(*above.w.shape[2:])
    channel = f", {planes.maps.channel_title(above, k)}" if above.x.shape[0] > 1 else ""
    return Panel(
        "Filters" if filters > 1 else "Filter", f"w, {size}{channel}", with_term(planes, grids, subject)
    )


# Through pooling


def _through_windows(planes: Planes, above: PoolingLayer, subject: Subject) -> Others:
    """∂E/∂p of the map above, and the map with the windows that the cell lies in and their winners."""
    if subject.group is None:
        middle = Panel(f"{planes.input_title(above)}, a", size_of(above.x), planes.all_of(above.x))
        right = Panel(f"{above.title}, ∂E/∂p", size_of(above.a), planes.all_of(above.a, Part.GRADIENT))
        return middle, right, None
    cell = subject.cell
    grids: tuple[Grid, ...] = (planes.plane(above.a, Part.GRADIENT, subject.group),)
    reach = reach_of(planes.graph, above, cell) if cell is not None else None
    if reach is not None:
        grids = lit(grids, reach, BACK)
    below = planes.layer_below(above)
    middle = Panel(
        f"{planes.notation.map_title(below, subject.group)}, a",
        plane_size(*above.x.shape[1:]),
        (_with_windows(planes, above, subject, cell),),
        _verdict(planes, above, cell, reach),
        sheets=above.x.shape[0] - 1,
    )
    title = f"{planes.notation.map_title(above, subject.group)}, ∂E/∂p"
    size = plane_size(*above.a.shape[1:])
    return middle, Panel(title, size, grids, sheets=above.a.shape[0] - 1), _slope_work(planes, subject)


def _with_windows(planes: Planes, above: PoolingLayer, subject: Subject, cell: Cell | None) -> Grid:
    """A map with the winners of all windows, those of the cell framed."""
    assert subject.group is not None
    grid = planes.plane(above.x, Part.VALUE, subject.group)
    rows, columns = above.a.shape[1:]
    mine = set(_windows_of(above, cell)) if cell is not None else set()
    outputs = [(subject.group, r, c) for r in range(rows) for c in range(columns)]
    frames = [Frame(_window(planes, above, one), Look.WINDOW) for one in outputs if one in mine]
    for one in outputs:
        winner = winner_of(planes, above, one)
        if winner is not None:
            look = Look.WINNER if one in mine else Look.WON
            frames.append(Frame(one_cell(*winner[1:]), look))
    anchor = one_cell(*cell[1:]) if cell is not None else None
    return replace(grid, frames=tuple(frames), anchor=anchor, lit=None, into=BACK)


def _windows_of(above: PoolingLayer, cell: Cell) -> list[Cell]:
    assert isinstance(above.a.op, Pooling)
    return above.a.op.windows_of(cell, above.x.shape)


def _window(planes: Planes, above: PoolingLayer, output: Cell) -> Region:
    found = field_of(planes.graph, above, output)
    assert found is not None
    return found


def _verdict(planes: Planes, above: PoolingLayer, cell: Cell | None, reach: Region | None) -> str:
    """What the cell gets of the error, in words."""
    if cell is None:
        return ""
    if reach is None:
        return "in no window: gets 0"
    winners = [winner_of(planes, above, one) for one in _windows_of(above, cell)]
    if None in winners:
        return "every cell gets its share"
    return "winner: gets the error" if cell in winners else "not the winner: gets 0"


# Through a dense layer


def _through_weights(planes: Planes, above: DenseLayer, subject: Subject) -> Others:
    """δ of all units above, and the weights that lead to them from this number."""
    delta = planes.vector(above.z, Part.DELTA)
    part = planes.weight_part(above)
    if subject.unit is None:
        middle = Panel(
            "Weights", f"w, {above.w.shape[0]} × {above.w.shape[1]}", (planes.matrix(above, part),)
        )
        return middle, Panel(f"{above.title}, δ", size_of(above.z), with_names(planes, above, (delta,))), None
    deltas = with_names(planes, above, with_term(planes, framed_whole((delta,), BACK), subject))
    weights = with_term(
        planes, framed_whole((planes.weights_from(above, subject.unit, part),), BACK), subject
    )
    middle = Panel(f"Weights to {above.title}", f"w, {above.units:,}", weights)
    work = products_of_errors(planes, above, subject)
    return middle, Panel(f"{above.title}, δ", size_of(above.z), deltas), work


# From the loss


def _from_loss(planes: Planes, layer: Layer, subject: Subject) -> Others:
    """Output and target: δ begins with the difference between them."""
    target = planes.graph.target
    assert target is not None
    a, t = (unit_framed(planes.vector(node), subject, into=BACK) for node in (layer.a, target))
    middle = Panel("Output", "a", (a,))
    return middle, Panel("Target", "t", with_names(planes, layer, (t,))), _slope_work(planes, subject)


def _is_from_own_errors(planes: Planes, layer: Layer, above: Layer | None) -> bool:
    """Whether δ of units that compete is made from ∂E/∂a of all of them, in a step of its own."""
    loss = planes.graph.loss
    assert loss is not None and isinstance(loss.op, Loss)
    joined = above is None and not loss.op.through_slope
    return isinstance(layer, DenseLayer) and not isinstance(layer.a.op, Elementwise) and not joined


def _from_own_errors(planes: Planes, layer: Layer, subject: Subject) -> Panel:
    grid = replace(planes.vector(layer.a, Part.GRADIENT), label="∂E/∂a")
    a = replace(planes.vector(layer.a), label="a")
    grids = framed_whole((grid, a), BACK) if subject.unit is not None else (grid, a)
    return Panel("Softmax", "from all ∂E/∂a", grids)


def _slope_work(planes: Planes, subject: Subject) -> Work | None:
    """∂E/∂a · φ′(z) = δ, where that is what the step computes."""
    layer = subject.stage.layer
    if (
        subject.unit is None
        or not isinstance(layer, WeightedLayer)
        or not isinstance(layer.a.op, Elementwise)
    ):
        return None
    ref = Ref(layer.z.scope, Part.DELTA, subject.cell or ())
    return slope_only(planes, layer, ref) if subject.stage.computes[0][1] is Part.GRADIENT else None
