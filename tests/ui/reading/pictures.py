"""What pictures say, as a table of facts: titles, letters, which numbers stand where, hues, frames and flows.

``python -m tests.ui.reading.pictures --write`` writes the table anew; what has changed in it is to be read.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from nnviz.engine.cursor import Walk
from nnviz.engine.graph import Layer
from nnviz.engine.moment import Moment, resolve
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Part, Ref
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Timeline
from nnviz.lessons.catalogue import load
from nnviz.ui.layout.network import Shape
from nnviz.ui.picture.maps import map_picture_of
from nnviz.ui.picture.maps_parts import Address, Curve, Values
from nnviz.ui.picture.network import picture_of
from nnviz.ui.picture.parts import Number
from nnviz.ui.picture.reader import Reader
from nnviz.ui.picture.steps import open_cell, steps_picture_of, weight_of
from nnviz.ui.picture.steps_text import Texts
from nnviz.ui.picture.steps_vectors import Vectors
from tests.engine.conftest import VARIANTS, build_network
from tests.engine.map_networks import MAP_VARIANTS, build_map_network
from tests.engine.step_networks import STEP_VARIANTS, build_step_network
from tests.reading.stored_table import print_or_write
from tests.ui.map_networks import NETWORKS

TABLE = Path(__file__).parent / "pictures.txt"
DENSE = (
    "prelu",
    "prelu, late weights",
    "dropout of inputs and units, numbered per layer",
    "softmax, squared error",
)
MAPS = ("prelu in maps", "prelu in maps, late weights")
STEPS = ("lstm, sequences that end, dropout", "gru, negative delta, ends", "rnn, one output at the end")
TEXTS = ("names-lstm",)
UNSAID = ("digits", "room_for")  # what is chosen elsewhere, and places that are kept free
DEPTHS = (Depth.TERM, Depth.NEURON, Depth.LAYER)
Built = tuple[str, Timeline, Textbook, tuple[str, ...]]


def networks() -> Iterator[Built]:
    """Some networks of every family, with the symbols of a text."""
    for name in DENSE:
        built = build_network(**VARIANTS[name])
        yield name, built.timeline, built.textbook, ()
    for name in MAPS:
        yield name, *build_map_network(**MAP_VARIANTS[name])[:2], ()
    for name, build in NETWORKS.items():
        maps = build()
        yield name, maps.timeline, maps.textbook, ()
    for name in STEPS:
        yield name, *build_step_network(**STEP_VARIANTS[name])[:2], ()
    for name in TEXTS:
        lesson = load(name)
        assert lesson.sequence is not None
        yield name, lesson.timeline, lesson.textbook, lesson.sequence.symbols


def moments(timeline: Timeline, textbook: Textbook) -> Iterator[tuple[str, Depth, Moment]]:
    """The start, and the middle unit of every stage of an iteration, at all depths."""
    walk, example = Walk(timeline), timeline.rows(0)[-1]
    yield "start", Depth.NEURON, resolve(walk, walk.at(0, 0, example), textbook)
    for stage in walk.outline(0).stages:
        unit = stage.units // 2
        first, last = stage.starts[unit], stage.starts[unit + 1]
        for depth in DEPTHS:
            position = {Depth.TERM: min(first + 2, last), Depth.NEURON: last}.get(depth, stage.end)
            scope, kind, into = stage.name
            yield (
                f"{scope} {plain(kind)} {plain(into)}",
                depth,
                resolve(walk, walk.at(0, position, example), textbook),
            )


def picture(moment: Moment, depth: Depth, symbols: tuple[str, ...], pointed: Ref | None) -> list[Any]:
    """All parts of the picture of a moment."""
    graph, reader = moment.graph, Reader(moment, depth, 4, None, pointed)
    if graph.has_maps:
        return [map_picture_of(reader)]
    if not graph.has_steps:
        layers = tuple(layer.units for layer in graph.dense)
        shape = Shape(graph.inputs.shape[0], layers, graph.target is not None)
        return [picture_of(reader, shape, frozenset(range(len(layers))))]
    vectors = Vectors(reader)
    steps = min(graph.inputs.shape[0], 3)
    columns = steps_picture_of(vectors, Texts(graph, symbols), range(steps), steps - 1)
    return [columns, *(open_cell(vectors, layer, steps - 1) for layer in graph.layers), weight_of(vectors)]


# Facts


def facts(value: Any, path: str = "") -> Iterator[str]:
    """Every fact of a part on a line of its own, after the way that leads to it."""
    if (said := plain(value)) is not None:
        yield f"{path}: {said}"
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from facts(one, f"{path} {plain(key)}")
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        yield from _fields(value._asdict(), path)
    elif isinstance(value, Iterable):
        for place, one in enumerate(value):
            yield from facts(one, f"{path} {place}")
    else:
        fields = {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
        yield from _fields(fields, path)


def _fields(fields: Mapping[str, Any], path: str) -> Iterator[str]:
    """What is plain on one line, and everything else below it."""
    said = {name: plain(value) for name, value in fields.items() if name not in UNSAID}
    inline = [f"{name} {words}" for name, words in said.items() if words and words not in ("0", "[0, 0]")]
    yield f"{path}: {', '.join(inline)}"
    for name in (name for name, words in said.items() if words is None):
        yield from facts(fields[name], f"{path} {name}")


def plain(value: Any) -> str | None:
    """A part in a few words, empty where there is nothing to say; None for one that has parts of its own."""
    match value:
        case None | False | () | Values():
            return ""
        case bool() | int() | str():
            return str(value)
        case float():
            return f"{value + 0.0:.2g}"
        case Enum():
            return value.name.lower()
        case Ref():
            return f"{value.scope}.{value.part}{list(value.cell)}"
        case Number():
            marks = [mark for mark in ("selected", "pointed", "echo") if getattr(value, f"is_{mark}")]
            marks += [f"tag {value.tag}"] if value.tag else []
            return " ".join([plain(value.ref) or "", value.role if value.is_computed else "unknown", *marks])
        case Address():
            turned = " turned" if value.turned else ""
            return f"{value.scope}.{value.part}{list(value.base)} along {list(value.axes)}{turned}"
        case Curve():
            return value.name if value.at is None else f"{value.name} at {value.at[0]:.2g}"
        case Layer():
            return value.scope
        case tuple() | frozenset() | range() if all(isinstance(one, int | str | None) for one in value):
            said = [plain(one) or "–" for one in (sorted(value) if isinstance(value, frozenset) else value)]
            return f"[{', '.join(said)}]"
    has_parts = isinstance(value, Iterable) or dataclasses.is_dataclass(value)
    return None if has_parts and type(value).__name__ != "Sketch" else ""


def pointed_at(moment: Moment) -> Iterator[Ref | None]:
    """Nothing, and in the middle of the forward pass a weight, a bias and a sum under the pointer."""
    yield None
    if moment.cursor.position == 0:
        for layer in moment.graph.layers:
            for node in layer.parameters if hasattr(layer, "parameters") else ():
                yield Ref(node.scope, Part.VALUE, (0,) * len(node.shape))


def table() -> str:
    """The facts of all pictures: the first fact of every kind."""
    seen: set[str] = set()
    lines = []
    for name, timeline, textbook, symbols in networks():
        for stage, depth, moment in moments(timeline, textbook):
            for pointed in pointed_at(moment):
                at = f" at {plain(pointed)}" if pointed is not None else ""
                found = [fact for part in picture(moment, depth, symbols, pointed) for fact in facts(part)]
                new = [fact for fact in found if _kind(fact) not in seen and not seen.add(_kind(fact))]
                if new:
                    lines.append(f"{name}, {stage}, {depth.name.lower()}{at}\n")
                    lines += [f"   {fact}\n" for fact in new]
    return "".join(lines)


def _kind(fact: str) -> str:
    """Facts are of one kind that differ in their numbers only."""
    return re.sub(r"-?\d+(\.\d+)?(e[-+]\d+)?", "0", fact)


def main() -> None:
    print_or_write(TABLE, table, __doc__)


if __name__ == "__main__":
    main()
