"""What panels of maps have in common: frames, names, notes and the words above and below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from nnviz.engine.graph import Layer, Node, WeightedLayer
from nnviz.engine.numbers import show
from nnviz.engine.outline import Pass
from nnviz.engine.ref import Part, Ref
from nnviz.ui.picture.maps_parts import Frame, Grid, Look, Note, Panel, Region, one_cell
from nnviz.ui.picture.maps_planes import Planes, counted, plane_size, size_of
from nnviz.ui.picture.maps_subject import Subject


def lit(grids: Iterable[Grid], field: Region, into: Pass, look: Look = Look.FIELD) -> tuple[Grid, ...]:
    """Grids in which one region is framed and the rest dimmed."""
    return tuple(
        replace(grid, frames=(*grid.frames, Frame(field, look)), lit=field, anchor=field, into=into)
        for grid in grids
    )


def framed(grids: Iterable[Grid], region: Region, into: Pass, look: Look = Look.FIELD) -> tuple[Grid, ...]:
    """Grids in which one region is framed."""
    return tuple(
        replace(grid, frames=(*grid.frames, Frame(region, look)), anchor=region, into=into) for grid in grids
    )


def framed_whole(grids: Iterable[Grid], into: Pass) -> tuple[Grid, ...]:
    """Grids of which every cell is in use."""
    return tuple(
        replace(grid, frames=(Frame(whole, Look.WINDOW),), anchor=whole, into=into)
        for grid in grids
        for whole in (Region(0, 0, grid.rows, grid.columns),)
    )


def named(grids: Sequence[Grid], labels: Sequence[str]) -> tuple[Grid, ...]:
    return tuple(replace(grid, label=label) for grid, label in zip(grids, labels, strict=True))


def with_term(planes: Planes, grids: tuple[Grid, ...], subject: Subject) -> tuple[Grid, ...]:
    """The factor of the current term framed, where the step is about one term."""
    factors = planes.term_factors(subject)
    return tuple(
        replace(grid, frames=(*grid.frames, Frame(one_cell(*place), Look.TERM)))
        if (place := next((p for p in map(grid.address.place, factors) if p), None))
        else grid
        for grid in grids
    )


def place_words(planes: Planes, region: Region) -> str:
    """“rows 2–4, columns 0–2”; in a sequence there is one row, and it is not mentioned."""
    columns = span("columns", region.left, region.right)
    if planes.maps.is_sequence:
        return span("places", region.left, region.right)
    return f"{span('rows', region.top, region.bottom)}, {columns}"


def span(what: str, start: int, end: int) -> str:
    if end - start == 1:
        return f"{what[:-1]} {show(start, 0)}"
    between = "–" if start >= 0 else " to "
    return f"{what} {show(start, 0)}{between}{show(end - 1, 0)}"


def progress(node: Node, subject: Subject) -> str:
    """“4 × 4, cell 9 of 16”."""
    rows, columns = node.shape[1:]
    size = plane_size(rows, columns)
    if subject.unit is None:
        return size
    group = rows * columns
    return f"{size}, cell {subject.unit % group + 1:,} of {group:,}"


def input_size(planes: Planes, node: Node) -> str:
    """The size of what a layer reads, for an image with the range of its pixels."""
    size = size_of(node)
    if node is not planes.graph.inputs:
        return size
    largest = planes.largest(node)
    high = show(largest, planes.reader.digits, 0 if largest.is_integer() else None)
    return f"{size}, 0 … {high}" if not (planes.array(node) < 0).any() else size


def bias_note(planes: Planes, layer: WeightedLayer, unit: int, part: Part = Part.VALUE) -> tuple[Note, ...]:
    if layer.b is None:
        return ()
    ref = Ref(layer.b.scope, part, (min(unit, layer.b.shape[0] - 1),))
    return (Note("bias", planes.reader.number(ref)),)


def unit_framed(grid: Grid, subject: Subject, label: str = "", into: Pass = Pass.FORWARD) -> Grid:
    """A vector in which the current unit is framed."""
    grid = replace(grid, label=label, into=into)
    if subject.unit is None:
        return grid
    return framed((grid,), one_cell(*divmod(subject.unit, grid.columns)), into)[0]


def unit_notes(
    planes: Planes, nodes: Sequence[Node], subject: Subject, grids: Sequence[Grid], part: Part = Part.VALUE
) -> tuple[Note, ...]:
    """The numbers of the current unit in words, where its cell is too small for one."""
    if subject.unit is None or grids[0].is_wide:
        return ()
    letters = {Part.VALUE: "", Part.DELTA: "δ"}
    return tuple(
        Note(
            letters.get(part, "") or node.scope.rpartition("/")[2],
            planes.reader.number(Ref(node.scope, part, (subject.unit,))),
            is_letter=True,
        )
        for node in nodes
    )


def unit_progress(layer: Layer, subject: Subject) -> str:
    if subject.unit is None:
        return counted(layer.units, "unit")
    return f"unit {subject.unit + 1} of {layer.units}"


def with_names(planes: Planes, layer: Layer, grids: Sequence[Grid]) -> tuple[Grid, ...]:
    """The first column with the names of the classes, or the numbers of the units, beside it."""
    first, *rest = grids
    if not first.is_wide or layer.units == 1:
        return tuple(grids)
    classes = planes.notation.class_names if layer is planes.graph.output else ()
    names = tuple(
        classes[i] if i < len(classes) else planes.notation.number(layer, i) for i in range(layer.units)
    )
    return (replace(first, row_names=names), *rest)


def target_panel(planes: Planes, layer: Layer, node: Node, letter: str, subject: Subject) -> Panel:
    """The map that is filled, before those of the other filters; all of them where the layer is done."""
    maps = node.shape[0]
    if subject.group is None:
        grids = planes.all_of(node)
        return Panel(f"{layer.title}, {letter}", size_of(node), grids, is_current=True)
    grid = replace(planes.plane(node, Part.VALUE, subject.group), into=Pass.FORWARD)
    grids = (grid,)
    if (cell := subject.cell) is not None:
        grids = framed(grids, one_cell(*cell[1:]), Pass.FORWARD)
    return Panel(
        f"{planes.notation.map_title(layer, subject.group)}, {letter}",
        progress(node, subject),
        grids,
        sheets=maps - 1,
        is_current=True,
    )
