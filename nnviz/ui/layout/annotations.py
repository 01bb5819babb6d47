"""What stands around the glyphs of a network: the labels of edges, biases, and the tag of a slope."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from nnviz.ui.layout.geometry import Box, Disc, Line, Point, centered
from nnviz.ui.layout.labels import (
    END_SHARES,
    SHARES,
    SLIDING,
    Candidate,
    Edge,
    Key,
    LabelSize,
    Settled,
    along,
    label_size,
    number_width,
    settle,
)
from nnviz.ui.layout.network import ABOVE_OUTPUT, LEGEND, TITLE_Y, NetworkLayout
from nnviz.ui.layout.surroundings import MEETING, Numbers, Surroundings, borders, overlaps

MOST_EDGES = 256  # a gap with more edges shows only those of one unit
MOST_LABELS = 40  # and with more than these only their labels
NAME_WIDTH = 118.0
RING_ROOM = 8.0  # the ring around a current neuron
BIAS_STEPS = 13
LEADING = 26.0  # the letter and the air in a badge
NOWHERE = 4000.0
AT_ONCE = 48  # places of a tag


@dataclass(frozen=True, slots=True)
class BiasPlace:
    """The room of a bias beside its neuron, and the line that joins them; `one` is the input that is 1."""

    room: Box
    at: Point
    line: Line
    one: Box


@dataclass(frozen=True, slots=True)
class LabelPlace:
    """The middle of the first line of a label, and whether a second one may stand below it."""

    at: Point
    has_below: bool


@dataclass(frozen=True, slots=True)
class Annotations:
    """Places for what is written between the columns.

    A layer in `roomy` has room for a second number below every weight. In any other layer there is room for
    the weights alone, or for no labels at all: those of one unit are then placed when it is looked at.
    `badge` is the width of a badge that holds a number, `name` that of the longest name of an input.
    """

    size: LabelSize
    labels: dict[Edge, Point]
    roomy: frozenset[int]
    biases: dict[tuple[int, int], BiasPlace]
    badge: float
    name: float


def has_edges(layout: NetworkLayout, layer: int) -> bool:
    """Whether all edges into a layer are drawn, and not only those of one unit."""
    sources, units = layout.shape.columns[layer], layout.shape.columns[layer + 1]
    strips = layout.shape.strips
    return layer not in strips and layer + 1 not in strips and sources * units <= MOST_EDGES


def edges_into(layout: NetworkLayout, layer: int) -> dict[Edge, Line]:
    """All edges from column `layer` to the units of layer `layer`."""
    sources, units = layout.shape.columns[layer], layout.shape.columns[layer + 1]
    return {(layer, i, k): layout.edge(layer, i, k) for i in range(units) for k in range(sources)}


def annotate(
    layout: NetworkLayout, digits: int, has_bias: Sequence[bool], names: Sequence[str] = ()
) -> Annotations:
    """Places for everything that is written between the columns."""
    size = label_size(digits, layout.sizes.label)
    badge = number_width(digits, layout.sizes.value) + LEADING + layout.sizes.value
    name = min(name_width(names, layout.sizes.label), NAME_WIDTH)
    notes = Annotations(size, {}, frozenset(), {}, badge, name)
    roomy = set()
    for layer in range(len(layout.shape.layers)):
        if not has_edges(layout, layer):
            continue
        settled, has_room = _settle_layer(layout, notes, layer, has_bias[layer])
        for key, place in settled.places.items():
            if len(key) == 2:
                notes.biases[key[0], key[1]] = _bias_place(layout, key, place)
            else:
                notes.labels[key[0], key[1], key[2]] = place.at
        roomy |= {layer} if has_room else set()
    return replace(notes, roomy=frozenset(roomy))


def name_width(names: Sequence[str], pixels: float) -> float:
    """About the width of the longest of some names, with a number before it."""
    return pixels * (2.0 + 0.56 * max(map(len, names), default=0))


def _settle_layer(
    layout: NetworkLayout, notes: Annotations, layer: int, has_bias: bool
) -> tuple[Settled, bool]:
    """Labels and biases with a second line each if there is room, else with one, else only the biases."""
    lines = edges_into(layout, layer)
    around = Surroundings.of(_things(layout, notes, layer), lines.values())
    two, one = notes.size, notes.size.one_line()
    attempts = [(two, two), (one, two), (one, one)] if len(lines) <= MOST_LABELS else []
    for size, of_bias in attempts:
        biases = _biases(layout, layer, of_bias, around) if has_bias else {}
        settled = settle(biases | _on_edges(lines, size, around))
        if settled.is_free:
            return settled, size is two
    return settle(_biases(layout, layer, two, around) if has_bias else {}), False


def _on_edges(
    lines: Mapping[Edge, Line], size: LabelSize, around: Surroundings, shares: Sequence[float] = SHARES
) -> dict[Key, list[Candidate]]:
    return {edge: along(line, size, around, shares) for edge, line in lines.items()}


def labels_when_lit(
    layout: NetworkLayout,
    notes: Annotations,
    layer: int,
    lit: tuple[Edge, ...] = (),
    lit_units: tuple[int, ...] = (),
) -> dict[Edge, LabelPlace]:
    """The labels into a layer while some of its edges, and the biases of some units, are in the light.

    Where there is no room for a second number everywhere, the lit ones choose first, and others that they
    would meet go. A lit label that does not find room either keeps its weight alone.
    """
    is_roomy = layer in notes.roomy
    usual = {edge: LabelPlace(at, is_roomy) for edge, at in notes.labels.items() if edge[0] == layer}
    if is_roomy or not (lit or lit_units) or len(lit) > MOST_LABELS:
        return usual
    biases: list[Box | Disc] = [
        _lit_room(notes, key, key[1] in lit_units) for key in notes.biases if key[0] == layer
    ]
    places = _settle_lit(layout, notes, lit, _things(layout, notes, layer) + biases)
    taken = Surroundings.of([place.room for place in places.values()] + biases)
    rest = {edge: place for edge, place in usual.items() if edge not in lit}
    met = taken.met(borders([notes.size.one_line().box(place.at) for place in rest.values()]))
    free = {edge: place for (edge, place), cost in zip(rest.items(), met, strict=True) if not cost}
    high = notes.size.above + notes.size.below
    chosen = {edge: LabelPlace(places[edge].at, places[edge].room.height >= high) for edge in lit}
    return free | chosen


def _settle_lit(
    layout: NetworkLayout, notes: Annotations, lit: tuple[Edge, ...], things: Sequence[Box | Disc]
) -> dict[Key, Candidate]:
    """The lit labels with two lines; those that meet something give up their second one."""
    lines = {edge: layout.edge(*edge) for edge in lit}
    around = Surroundings.of(things, lines.values())
    candidates = _on_edges(lines, notes.size, around)
    short = _on_edges(lines, notes.size.one_line(), around, SHARES + END_SHARES)
    settled = settle(candidates)
    while settled.crowded and candidates[settled.crowded[0]] is not short[settled.crowded[0]]:
        candidates[settled.crowded[0]] = short[settled.crowded[0]]
        settled = settle(candidates)
    return settled.places


def _lit_room(notes: Annotations, key: tuple[int, int], is_lit: bool) -> Box:
    """The bias of a unit in the light has a second line as well."""
    room = notes.biases[key].room
    high = notes.size.above + notes.size.below if is_lit else room.height
    return Box(room.x, room.y, room.width, high)


# What labels must keep clear of


def _things(layout: NetworkLayout, notes: Annotations, layer: int) -> list[Box | Disc]:
    found: list[Box | Disc] = [*_frame(layout)]
    for column in (layer, layer + 1):
        if column in layout.shape.strips:
            continue
        for unit in range(layout.shape.columns[column]):
            found += _around(layout, notes, column, unit)
    return found


def _around(layout: NetworkLayout, notes: Annotations, column: int, unit: int) -> list[Box | Disc]:
    """A unit with everything that belongs to it."""
    glyph = layout.glyph(column, unit)
    if isinstance(glyph, Box):
        name = input_name(layout, unit)
        return [glyph.grown(3), name._replace(width=notes.name)]
    found: list[Box | Disc] = [Disc(glyph.center, glyph.radius + RING_ROOM), bead(layout, column, unit)]
    found.append(layout.badge(column, unit, notes.badge))
    if column == len(layout.shape.layers) and layout.shape.has_target and not layout.shape.targets_beside:
        crown = glyph.center.y - glyph.radius - layout.sizes.bead
        found.append(Box(glyph.center.x - 52, crown - ABOVE_OUTPUT, 104, ABOVE_OUTPUT - 18))
    return found


def _frame(layout: NetworkLayout) -> list[Box]:
    """The titles, the legend, and what lies beyond the canvas."""
    titles = [Box(column.x - 50, TITLE_Y - 12, 100, 24) for column in layout.columns]
    high = LEGEND if layout.height * layout.scale > 460 else 1.5 * LEGEND
    legend = Box(0, layout.height - high / layout.scale, 110 / layout.scale, NOWHERE)
    zoom = Box(layout.width - 80, layout.height - LEGEND, 80, LEGEND)
    below = Box(-NOWHERE, layout.height - 2, 2 * NOWHERE, NOWHERE)
    above = Box(-NOWHERE, 4 - NOWHERE, 2 * NOWHERE, NOWHERE)
    return [*titles, legend, zoom, below, above]


def bead(layout: NetworkLayout, column: int, unit: int) -> Box:
    """The number of a neuron, on its crown."""
    center, r = layout.columns[column].units[unit], layout.sizes.bead
    return centered(Point(center.x, center.y - layout.sizes.radius), 2 * r, 2 * r)


def input_name(layout: NetworkLayout, unit: int) -> Box:
    """Number and name of an input, above its box."""
    sizes, center = layout.sizes, layout.columns[0].units[unit]
    high = 1.6 * sizes.label
    left = center.x - sizes.input_width / 2
    return Box(left, center.y - sizes.input_height / 2 - high - 2, NAME_WIDTH, high)


# Biases


def _biases(
    layout: NetworkLayout, layer: int, size: LabelSize, around: Surroundings
) -> dict[Key, list[Candidate]]:
    wide = size.wider(0.9 * layout.sizes.label)  # for the letter before the number
    return {
        (layer, unit): _left_of(layout, layer, unit, wide, around)
        for unit in range(layout.shape.layers[layer])
    }


def _left_of(
    layout: NetworkLayout, layer: int, unit: int, size: LabelSize, around: Surroundings
) -> list[Candidate]:
    """Places along the left border of a neuron, best at its upper and lower corner."""
    center, clear = layout.columns[layer + 1].units[unit], layout.sizes.radius + RING_ROOM + 1
    high = size.above + size.below
    rooms = []
    for step in range(BIAS_STEPS):
        top = center.y - clear - 0.5 * high + step * (2 * clear) / (BIAS_STEPS - 1)
        right = center.x - _half_chord(clear, center.y, top, top + high)
        rooms.append(Box(min(right, center.x - 0.6 * clear) - size.width, top, size.width, high))
    costs = around.cost(borders(rooms)).tolist()
    return [_beside(room, size, center, clear, cost) for room, cost in zip(rooms, costs, strict=True)]


def _beside(room: Box, size: LabelSize, center: Point, clear: float, cost: float) -> Candidate:
    from_corner = abs(abs(room.center.y - center.y) - 0.9 * clear)
    at = Point(room.center.x, room.y + size.above)
    return Candidate(at, room, cost + SLIDING * 0.02 * from_corner)


def _half_chord(radius: float, middle: float, top: float, bottom: float) -> float:
    """Half the width of a disc at its widest between two heights."""
    nearest = min(max(middle, top), bottom) - middle
    return math.sqrt(max(radius * radius - nearest * nearest, 0.0))


def _bias_place(layout: NetworkLayout, key: Key, place: Candidate) -> BiasPlace:
    layer, unit = key
    center, room = layout.columns[layer + 1].units[unit], place.room
    start = Point(room.right - 8, place.at.y)
    rim = center.toward(start, layout.sizes.radius / max(center.distance(start), 1.0))
    side = 1.7 * layout.sizes.label
    one = Box(room.x - side - 2, place.at.y - side / 2, side, side)
    return BiasPlace(room, place.at, Line(start, rim), one)


# The slope


def slope_tag(layout: NetworkLayout, notes: Annotations, layer: int, unit: int, digits: int) -> Box:
    """The place of φ′ beside a neuron: near, clear of everything but labels that the step is not about."""
    candidates = _tag_places(layout, layer, unit, digits)
    near = _near(layout, notes, layer, unit)
    best, least = candidates[0][1], math.inf
    for detour, box, hidden in _with_hidden(candidates, near):
        if detour >= least:
            break
        if detour + hidden < least:
            best, least = box, detour + hidden
    return best


def _tag_places(layout: NetworkLayout, layer: int, unit: int, digits: int) -> list[tuple[float, Box]]:
    """Rooms around a neuron that lie on the canvas, with their detours, the nearest first."""
    center = layout.columns[layer + 1].units[unit]
    width, high = number_width(digits, 14) + 36, layout.sizes.badge_height + 4
    wanted = Point(center.x + layout.sizes.radius + width / 2 + 12, center.y + 0.7 * layout.sizes.radius)
    steps = [Point(center.x + dx, center.y + dy) for dx in range(-220, 221, 20) for dy in range(-130, 141, 9)]
    places = [(_detour(at, wanted, center), centered(at, width, high)) for at in steps]
    return sorted((one for one in places if _is_within(layout, one[1])), key=itemgetter(0))


def _with_hidden(candidates: Sequence[tuple[float, Box]], near: _Near) -> Iterator[tuple[float, Box, float]]:
    """Each detour and box with what it would hide, for some at a time: the nearest are often enough."""
    for start in range(0, len(candidates), AT_ONCE):
        some = candidates[start : start + AT_ONCE]
        hidden = near.hidden(borders([box for _, box in some])).tolist()
        yield from ((detour, box, cost) for (detour, box), cost in zip(some, hidden, strict=True))


def _detour(at: Point, wanted: Point, center: Point) -> float:
    """How far from the best place, which is at the lower right: from there the line crosses no number."""
    crossing = 80.0 * (at.y < center.y + 16) + 150.0 * (at.x < center.x)
    return at.distance(wanted) + crossing


def _is_within(layout: NetworkLayout, box: Box) -> bool:
    return box.x > 4 and box.right < layout.width - 4 and box.y > 4 and box.bottom < layout.height - 4


@dataclass(frozen=True, slots=True)
class _Near:
    """What stands around a layer: things and edges to keep in sight, and labels that may go for a step."""

    things: Surroundings
    labels: Numbers

    def hidden(self, rooms: Numbers) -> Numbers:
        """How much tags would hide: things hardly ever, labels if need be, edges rather than go far away."""
        labels = (overlaps(self.labels, rooms) > 0).sum(axis=0)
        hidden: Numbers = MEETING * self.things.met(rooms) + 60.0 * labels + 0.4 * self.things.crossed(rooms)
        return hidden


def _near(layout: NetworkLayout, notes: Annotations, layer: int, unit: int) -> _Near:
    """Everything in the gaps on both sides of a layer; the error of `unit` comes along edges that stay."""
    things: list[Box | Disc] = [place.room for place in notes.biases.values()]
    labels: list[Box] = []
    lines: list[Line] = []
    for edge, at in notes.labels.items():
        is_carrying = edge[0] == layer + 1 and edge[2] == unit
        if is_carrying:
            things.append(notes.size.box(at).grown(14))
        elif edge[0] in (layer, layer + 1):
            labels.append(notes.size.one_line().box(at))
    for gap in (layer, layer + 1):
        if gap < len(layout.shape.layers):
            things += _things(layout, notes, gap)
            things += _lit_labels(layout, notes, gap, unit) if gap == layer + 1 else []
            lines += edges_into(layout, gap).values() if has_edges(layout, gap) else ()
    return _Near(Surroundings.of(things, lines), borders(labels))


def _lit_labels(layout: NetworkLayout, notes: Annotations, gap: int, unit: int) -> list[Box]:
    """The labels along which the error of a unit comes, where they stand while its step lights them."""
    if not has_edges(layout, gap):
        return []
    lit = tuple(edge for edge in edges_into(layout, gap) if edge[2] == unit)
    places = labels_when_lit(layout, notes, gap, lit)
    size = notes.size
    return [
        (size if places[edge].has_below else size.one_line()).box(places[edge].at)
        for edge in lit
        if edge in places
    ]
