"""Where everything of the tab “Time” stands: bars, the map of the gates, and the uses of a weight.

Each part is a list of marks. A mark is one thing to paint; one with a `ref` is a number that can be clicked,
one with a `step` a place that stands for a step of time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from nnviz.engine.numbers import show
from nnviz.engine.ref import Ref
from nnviz.ui.layout.geometry import Box
from nnviz.ui.tabs.time.picture import Gradients, Listed, Map, Uses

GUTTER, MARGIN = 46, 14
NARROWEST = 12  # columns; more steps than fit are scrolled
BARS_HIGH, LABEL_HIGH, CELL_HIGH, NAME_HIGH = 126, 20, 24, 16
NUMBER_WIDE, LETTER_WIDE = 54, 7.4  # room that a number of four decimals and a letter need
MOST_MAP, ROW_HIGH, LEAST_ROW = 224, 24, 3
IN_A_ROW = 4
LEGEND_TILES = 11


class Look(Enum):
    """How a mark is painted."""

    EMPTY = "not computed"
    BAR = "a bar"
    BAR_NOW = "the bar of the step at work"
    NUMBER = "a number in a cell"
    SIGNED = "a cell of the diverging map"
    SHARE = "a cell of the map from 0 to 1"
    TEXT = "words"
    STRONG = "words that stand out"
    PHASE = "words in the hue of the pass"
    LINE = "a line of the grid"
    POSITIVE = "a bar to the right"
    NEGATIVE = "a bar to the left"


class Align(Enum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing to paint. A cell is colored by `value`, a share of the largest; `tip` is told of a step."""

    box: Box
    look: Look
    text: str = ""
    ref: Ref | None = None
    step: int | None = None
    value: float = 0.0
    align: Align = Align.CENTER
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    marks: tuple[Mark, ...]
    height: float


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of `count` steps from `first` on, in a panel of a width."""

    width: float
    first: int
    count: int

    @property
    def pitch(self) -> float:
        return (self.width - GUTTER - MARGIN) / max(self.count, 1)

    @property
    def steps(self) -> range:
        return range(self.first, self.first + self.count)

    def x(self, step: int) -> float:
        return GUTTER + (step - self.first) * self.pitch


def fitting(width: float, steps: int) -> int:
    """How many of the steps stand side by side."""
    return max(1, min(steps, int((width - GUTTER - MARGIN) // NARROWEST)))


# The axis of the bars


def ticks_of(lengths: Sequence[float | None], is_log: bool) -> tuple[float, ...]:
    """Where the axis has ticks, from its bottom to its top; nowhere while there is nothing to measure."""
    found = [one for one in lengths if one is not None and math.isfinite(one) and one > 0]
    if not found:
        return ()
    if is_log:
        low, high = math.floor(math.log10(min(found))), math.ceil(math.log10(max(found)))
        low = min(low, high - 1)
        step = math.ceil((high - low) / 5)
        return tuple(math.pow(10.0, k) for k in range(low, high + step, step))
    width = _round_step(max(found) / 4)
    return tuple(k * width for k in range(math.ceil(max(found) / width - 1e-9) + 1))


def _round_step(least: float) -> float:
    power = math.pow(10.0, math.floor(math.log10(least)))
    return next(one * power for one in (1, 2, 2.5, 5, 10) if one * power >= least * (1 - 1e-9))


def share_of(length: float, ticks: Sequence[float], is_log: bool) -> float:
    """How far up the axis a length stands, 0 to 1."""
    if not ticks or not length > 0:
        return 0.0
    if is_log:
        low, high = math.log10(ticks[0]), math.log10(ticks[-1])
        return min(1.0, max(0.0, (math.log10(length) - low) / (high - low)))
    return min(1.0, length / ticks[-1])


def tick_text(tick: float, is_log: bool) -> str:
    if is_log:
        power = str(round(math.log10(tick)))
        return "10" + power.translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    decimals = max(0, min(9, 2 - math.floor(math.log10(tick)))) if tick else 0
    return show(tick, decimals).rstrip("0").rstrip(".") if decimals and tick else show(tick, decimals, 0)


# Bars


def plan_of_bars(
    gradients: Gradients, columns: Columns, is_log: bool, digits: int, chosen: int | None
) -> Plan:
    """One bar per step; dashed and empty where it is not computed."""
    ticks = ticks_of(gradients.lengths, is_log)
    plot = Box(GUTTER, 22, columns.width - GUTTER - MARGIN, BARS_HIGH)
    marks = []
    for tick in ticks:
        y = plot.bottom - share_of(tick, ticks, is_log) * plot.height if tick else plot.bottom
        marks.append(Mark(Box(plot.x, y, plot.width, 0), Look.LINE))
        label = Box(0, y - 8, GUTTER - 6, 16)
        marks.append(Mark(label, Look.TEXT, tick_text(tick, is_log), align=Align.RIGHT))
    if not ticks:
        marks.append(Mark(Box(plot.x, plot.bottom, plot.width, 0), Look.LINE))
    for t in columns.steps:
        marks += _bar(gradients, t, columns, plot, ticks, is_log, digits)
    marks += labels_of_steps(columns, plot.bottom + 4, gradients.now, chosen)
    return Plan(tuple(marks), plot.bottom + 4 + LABEL_HIGH)


def _bar(
    gradients: Gradients,
    t: int,
    columns: Columns,
    plot: Box,
    ticks: tuple[float, ...],
    is_log: bool,
    digits: int,
) -> list[Mark]:
    length, x, pitch = gradients.lengths[t], columns.x(t), columns.pitch
    wide, column = min(48.0, pitch * 0.72), Box(x, plot.y, pitch, plot.height)
    left = x + (pitch - wide) / 2
    if length is None:
        box = Box(left, plot.bottom - plot.height * 0.32, wide, plot.height * 0.32)
        tip = f"Step {t + 1}: not computed yet\nClick: go to where it is computed"
        return [Mark(box, Look.EMPTY, step=t, tip=tip), Mark(column, Look.TEXT, step=t, tip=tip)]
    high = max(1.0, share_of(length, ticks, is_log) * plot.height) if length > 0 else 0.0
    is_now = gradients.now == t
    text, full = show(length, digits), show(length, 10)
    tip = f"Step {t + 1}: length {full}\nClick: the numbers that it is made of"
    bar = Mark(
        Box(left, plot.bottom - high, wide, high), Look.BAR_NOW if is_now else Look.BAR, step=t, tip=tip
    )
    reach = Mark(column, Look.TEXT, step=t, tip=tip)
    if pitch < len(text) * LETTER_WIDE + 4:
        return [bar, reach]
    label = Box(x, plot.bottom - high - 18, pitch, 16)
    return [bar, Mark(label, Look.PHASE, text, step=t, tip=tip), reach]


def labels_of_steps(columns: Columns, y: float, now: int | None, chosen: int | None) -> list[Mark]:
    """The numbers of the steps, as many as there is room for; always that at work and the chosen one."""
    is_wide = columns.pitch >= 44
    every = max(1, math.ceil(20 / columns.pitch))
    always = {t for t in (now, chosen) if t is not None and t in columns.steps}
    marks = []
    for t in columns.steps:
        is_crowded = any(0 < abs(t - one) < every for one in always)
        if t not in always and ((t - columns.first) % every or is_crowded):
            continue
        look = Look.PHASE if t == now else Look.STRONG if t == chosen else Look.TEXT
        box = Box(columns.x(t) - 10, y, columns.pitch + 20, LABEL_HIGH - 4)
        marks.append(Mark(box, look, f"t = {t + 1}" if is_wide else str(t + 1), step=t))
    return marks


def plan_of_cells(listed: Listed, texts: Sequence[str], width: float, heading: str) -> Plan:
    """The numbers behind a bar, under their names."""
    left, right = MARGIN, width - MARGIN
    marks = [Mark(Box(left, 0, right - left, 18), Look.TEXT, heading, align=Align.LEFT)]
    pitch = (right - left) / IN_A_ROW
    y = 22.0
    for place, ((name, ref), text) in enumerate(zip(listed.items, texts, strict=True)):
        row, column = divmod(place, IN_A_ROW)
        x, y = left + column * pitch, 22 + row * (NAME_HIGH + CELL_HIGH + 6)
        marks.append(Mark(Box(x, y, pitch - 6, NAME_HIGH), Look.TEXT, name))
        box = Box(x, y + NAME_HIGH, pitch - 6, CELL_HIGH)
        marks.append(Mark(box, Look.NUMBER if text else Look.EMPTY, text, ref))
    return Plan(tuple(marks), y + (NAME_HIGH + CELL_HIGH + 6 if listed.items else 4))


# The map


def plan_of_map(
    shown: Map,
    columns: Columns,
    letters: Sequence[str],
    answers: Sequence[str],
    texts: Sequence[Sequence[str]],
    now: int | None,
    chosen: int | None,
) -> Plan:
    """Units below each other, steps side by side; what is read below, the likeliest answer above.

    `texts` are the numbers as they are shown, for cells that have room for them.
    """
    marks: list[Mark] = []
    y = 2.0
    if answers:
        marks += _row_of_letters("says", answers, columns, y, now)
        y += LABEL_HIGH
    units = shown.values.shape[1]
    high = max(LEAST_ROW, min(ROW_HIGH, MOST_MAP / units))
    largest = None if shown.is_share else shown.largest or 1.0
    for t in columns.steps:
        top = Box(columns.x(t), y, columns.pitch, high)
        values = tuple(None if math.isnan(value) else value for value in shown.values[t].tolist())
        marks += _tiles(shown.scope, t, top, largest, values, tuple(texts[t]) if texts else ())
    marks += _names_of_units(units, y, high)
    y += units * high + 4
    if letters:
        marks += _row_of_letters("reads", letters, columns, y, now)
        y += LABEL_HIGH
    marks += labels_of_steps(columns, y, now, chosen)
    return Plan(tuple(marks), y + LABEL_HIGH)


def has_room_for_numbers(units: int, columns: Columns) -> bool:
    return columns.pitch >= NUMBER_WIDE and MOST_MAP / units >= 16


@lru_cache(maxsize=1024)  # a step of the class changes one column of them
def _tiles(
    scope: str, t: int, top: Box, largest: float | None, values: Sequence[float | None], texts: Sequence[str]
) -> Sequence[Mark]:
    """The tiles of a step below each other, None being empty; colored by values or shares of the largest."""
    marks = []
    for i, value in enumerate(values):
        box, ref = Box(top.x, top.y + i * top.height, top.width, top.height), Ref(scope, cell=(t, i))
        if value is None:
            marks.append(Mark(box, Look.EMPTY, ref=ref, step=t))
            continue
        look, share = (Look.SHARE, value) if largest is None else (Look.SIGNED, value / largest)
        marks.append(Mark(box, look, texts[i] if texts else "", ref, t, share))
    return marks


def _names_of_units(units: int, y: float, high: float) -> list[Mark]:
    every = max(1, math.ceil(15 / high))
    rows = range(units) if every == 1 else range(every - 1, units, every)
    return [
        Mark(Box(0, y + (i + 0.5) * high - 8, GUTTER - 6, 16), Look.TEXT, str(i + 1), align=Align.RIGHT)
        for i in rows
    ]


def _row_of_letters(
    name: str, letters: Sequence[str], columns: Columns, y: float, now: int | None
) -> list[Mark]:
    marks = [Mark(Box(0, y, GUTTER - 6, LABEL_HIGH - 2), Look.TEXT, name, align=Align.RIGHT)]
    for t in columns.steps:
        box = Box(columns.x(t) - 4, y, columns.pitch + 8, LABEL_HIGH - 2)
        if letters[t]:
            marks.append(Mark(box, Look.PHASE if t == now else Look.STRONG, letters[t], step=t))
    return marks


def plan_of_legend(shown: Map, width: float, digits: int) -> Plan:
    """What the colors of the map mean."""
    if not shown.largest:
        return Plan((), 18)
    tile, high = 12, 10
    left = width - MARGIN - LEGEND_TILES * tile - 56
    low = "0" if shown.is_share else show(-shown.largest, min(digits, 3))
    top = "1" if shown.is_share else show(shown.largest, min(digits, 3))
    marks = [Mark(Box(left - 66, 0, 60, 16), Look.TEXT, low, align=Align.RIGHT)]
    for place in range(LEGEND_TILES):
        share = place / (LEGEND_TILES - 1)
        look, value = (Look.SHARE, share) if shown.is_share else (Look.SIGNED, 2 * share - 1)
        marks.append(Mark(Box(left + place * tile, 3, tile, high), look, value=value))
    end = left + LEGEND_TILES * tile
    marks.append(Mark(Box(end + 6, 0, 50, 16), Look.TEXT, top, align=Align.LEFT))
    return Plan(tuple(marks), 18)


def plan_of_symbols(symbols: Sequence[tuple[str, Ref, str]], heading: str, width: float) -> Plan:
    """The likeliest next symbols and their probabilities."""
    marks = [Mark(Box(MARGIN, 0, width - 2 * MARGIN, 18), Look.TEXT, heading, align=Align.LEFT)]
    pitch = (width - 2 * MARGIN) / 5
    if not symbols:
        marks += [Mark(Box(MARGIN + k * pitch, 40, pitch - 6, CELL_HIGH), Look.EMPTY) for k in range(5)]
    for place, (symbol, ref, text) in enumerate(symbols):
        x = MARGIN + place * pitch
        marks.append(Mark(Box(x, 20, pitch - 6, 20), Look.STRONG, symbol))
        marks.append(Mark(Box(x, 40, pitch - 6, CELL_HIGH), Look.NUMBER if text else Look.EMPTY, text, ref))
    return Plan(tuple(marks), 40 + CELL_HIGH + 6)


# One weight


def plan_of_uses(
    uses: Uses, texts: Sequence[str], columns: Columns, now: int | None, chosen: int | None
) -> Plan:
    """A line for each step, with a bar and its number, and their sum below. `texts` end with the sum."""
    known = [abs(value) for _, value in uses.steps if value is not None and math.isfinite(value)]
    largest = max(known, default=0.0) or 1.0
    marks: list[Mark] = []
    right = columns.width - MARGIN
    cell = right - 92
    room = Box(MARGIN + 54, 0, cell - MARGIN - 66, CELL_HIGH)
    y = 0.0
    for t in columns.steps:
        ref, value = uses.steps[t]
        look = Look.PHASE if t == now else Look.STRONG if t == chosen else Look.TEXT
        marks.append(Mark(Box(MARGIN, y, 50, CELL_HIGH), look, f"t = {t + 1}", align=Align.LEFT))
        box = Box(cell, y, 92, CELL_HIGH)
        marks.append(Mark(box, Look.EMPTY if value is None else Look.NUMBER, texts[t], ref))
        if value is not None and math.isfinite(value):
            marks.append(_side_bar(room, y, value / largest))
        y += CELL_HIGH + 2
    marks.append(Mark(Box(room.center.x, 0, 0, y), Look.LINE))
    marks.append(Mark(Box(MARGIN, y + 3, right - MARGIN, 0), Look.LINE))
    y += 6
    is_all = columns.count == len(uses.steps)
    words = "Σ, the gradient that trains" if is_all else f"Σ of all {len(uses.steps)} steps"
    marks.append(Mark(Box(MARGIN, y, cell - MARGIN - 8, CELL_HIGH), Look.STRONG, words, align=Align.LEFT))
    box = Box(cell, y, 92, CELL_HIGH)
    marks.append(Mark(box, Look.EMPTY if uses.sum is None else Look.NUMBER, texts[-1], uses.total))
    return Plan(tuple(marks), y + CELL_HIGH + 4)


def _side_bar(room: Box, y: float, share: float) -> Mark:
    """A bar from the middle to the side of its sign."""
    long = abs(share) * room.width / 2
    x = room.center.x if share >= 0 else room.center.x - long
    return Mark(Box(x, y + 5, long, CELL_HIGH - 10), Look.POSITIVE if share >= 0 else Look.NEGATIVE)
