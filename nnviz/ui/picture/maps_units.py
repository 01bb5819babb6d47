"""Pictures of dense layers in a network of maps, and of the loss."""

from __future__ import annotations

from dataclasses import replace

from nnviz.engine.graph import DenseLayer
from nnviz.engine.ops.base import Elementwise
from nnviz.engine.outline import Depth, Pass
from nnviz.engine.ref import Ref
from nnviz.ui.picture.maps_framing import (
    bias_note,
    framed,
    framed_whole,
    input_size,
    named,
    unit_framed,
    unit_notes,
    unit_progress,
    with_names,
    with_term,
)
from nnviz.ui.picture.maps_parts import MapPicture, Note, Panel, one_cell
from nnviz.ui.picture.maps_planes import Planes, counted
from nnviz.ui.picture.maps_subject import Subject
from nnviz.ui.picture.maps_work import products_of_units


def sum_of_units(planes: Planes, subject: Subject) -> MapPicture:
    """What a dense layer reads, the weights of a unit in the same shape, and the units."""
    layer = subject.stage.layer
    assert isinstance(layer, DenseLayer)
    source = named(planes.all_of(layer.x), planes.labels(layer)) if len(layer.x.shape) > 1 else None
    grids = source or planes.all_of(layer.x)
    if subject.unit is not None:
        grids = framed_whole(grids, Pass.FORWARD)
    work = products_of_units(planes, layer, replace(subject, unit=subject.unit or 0))
    return MapPicture(
        Panel(planes.input_title(layer), input_size(planes, layer.x), with_term(planes, grids, subject)),
        weights_panel(planes, layer, subject),
        units_panel(planes, layer, subject),
        Pass.FORWARD,
        has_rays=subject.unit is not None,
        work=work if subject.unit is not None else None,
        room_for=work if planes.reader.depth <= Depth.NEURON else None,
    )


def weights_panel(planes: Planes, layer: DenseLayer, subject: Subject) -> Panel:
    """The weights into the current unit; those into all units as a matrix where no unit is looked at."""
    if subject.unit is None:
        return Panel("Weights", f"w, {layer.w.shape[0]} × {layer.w.shape[1]}", (planes.matrix(layer),))
    grids = planes.weights_into(layer, subject.unit)
    if len(layer.x.shape) > 1:
        grids = named(grids, planes.labels(layer))
    return Panel(
        f"Weights of {planes.notation.neuron(layer, subject.unit).partition(' of ')[0]}",
        f"w, {layer.w.shape[1]:,}",
        with_term(planes, framed_whole(grids, Pass.FORWARD), subject),
        notes=bias_note(planes, layer, subject.unit),
        sheets=layer.units - 1,
    )


def units_panel(planes: Planes, layer: DenseLayer, subject: Subject) -> Panel:
    """z of all units, and a beside it where every unit has its own."""
    nodes = [layer.z, layer.a] if isinstance(layer.a.op, Elementwise) else [layer.z]
    letters = "za"
    grids = tuple(
        unit_framed(planes.vector(node), subject, label) for node, label in zip(nodes, letters, strict=False)
    )
    return Panel(
        layer.title,
        unit_progress(layer, subject),
        with_names(planes, layer, grids),
        notes=unit_notes(planes, nodes, subject, grids),
        is_current=True,
    )


def activation_of_units(planes: Planes, subject: Subject) -> MapPicture:
    """z and a of units that compete: a share of one for each."""
    layer = subject.stage.layer
    assert isinstance(layer, DenseLayer)
    z = replace(planes.vector(layer.z), label="z", into=Pass.FORWARD)
    if subject.unit is not None:
        z = framed_whole((z,), Pass.FORWARD)[0]
    a = replace(unit_framed(planes.vector(layer.a), subject, "a"), has_bars=True, largest=1.0)
    return MapPicture(
        Panel(layer.title, f"z of {counted(layer.units, 'unit')}", with_names(planes, layer, (z,))),
        Panel(layer.a.op.symbol.capitalize(), "a = exp(z) / Σ exp(z)"),
        Panel(
            "Output" if layer is planes.graph.output else layer.title,
            unit_progress(layer, subject),
            with_names(planes, layer, (a,)),
            notes=unit_notes(planes, [layer.a], subject, (a,)),
            is_current=True,
        ),
        Pass.FORWARD,
        has_rays=subject.unit is not None,
    )


def loss(planes: Planes, subject: Subject) -> MapPicture:
    """Outputs beside targets, and the error that they make."""
    output, target = planes.graph.output, planes.graph.target
    assert target is not None
    a, t = planes.vector(output.a), planes.vector(target)
    if subject.term is not None:
        place = one_cell(*divmod(subject.term % output.units, a.columns))
        (a,), (t,) = (framed((grid,), place, Pass.LOSS) for grid in (a, t))
    is_share = not isinstance(output.a.op, Elementwise)
    return MapPicture(
        Panel(
            "Output",
            f"a of {counted(output.units, 'unit')}",
            with_names(planes, output, (replace(a, has_bars=is_share),)),
        ),
        Panel("Target", "t", (t,)),
        Panel(
            "Loss",
            "",
            notes=(Note("E", planes.reader.number(Ref("loss")), is_letter=True, is_new=True),),
            is_current=True,
        ),
        Pass.LOSS,
    )
