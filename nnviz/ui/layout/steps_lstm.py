"""An LSTM cell: the cell state along the top, the gates below, what comes in along the bottom."""

from __future__ import annotations

from typing import NamedTuple

from nnviz.ui.layout.geometry import Box, Point
from nnviz.ui.layout.steps_cell import (
    ABOVE,
    BLOCK,
    FOLD,
    FOLD_GAP,
    HEAD,
    KNOT,
    LETTER,
    NARROW,
    PAD,
    CellPlace,
    Drawing,
    Sizes,
)
from nnviz.ui.layout.steps_end import OUT, arrange_end, end_width, last_middle, states_of, way_on

GATES = ("f", "i_sigma", "i_tanh", "o_sigma")
WORDS = ("forget gate", "input gate", "input gate", "output gate")
GAP = 7.0
WORDS_APART = 88.0  # so far gates stand from each other, for their names
IN, LETTERS_IN = 10.0, 34.0  # from the border to the first vector, and to the middle of letters above it
WORDS_WIDE = 43.0  # what stands at the left of a gate
LIFT = 3.0  # letters may stand so far in the line of the title


class Lines(NamedTuple):
    """The heights of everything, and the columns of the gates."""

    memory: float
    added: float
    joined: float
    gates: float
    blocks: float
    sums: float
    bottom: float
    xs: tuple[float, ...]
    left: float
    right: float


def lstm_needs(sizes: Sizes, names: frozenset[str]) -> tuple[float, float]:
    """The least width and height of the frame."""
    return needs_of(sizes, end_width(sizes, names))


def needs_of(sizes: Sizes, end: float) -> tuple[float, float]:
    """Of a frame with four gates; `end` is from the last column of gates to the last vector."""
    wide, high = sizes.units.width, sizes.units.height
    side = wide + FOLD + FOLD_GAP
    return (
        _left_end(sizes) + 4 * max(side + LETTER, WORDS_APART) + end + wide / 2 + OUT + PAD,
        4 * high + 2 * KNOT + BLOCK[1] + 6 * GAP + 4 + HEAD + ABOVE - LIFT + PAD,
    )


def _inner(sizes: Sizes) -> float:
    return max(IN, LETTERS_IN - sizes.units.width / 2)


def _left_end(sizes: Sizes) -> float:
    """From the frame to the first gate."""
    wide = sizes.units.width
    beside = max(LETTER + wide / 2 + 4, BLOCK[0] / 2 + WORDS_WIDE)
    if wide < NARROW or sizes.inputs.height > sizes.units.height:  # for the name of the forget gate
        beside = max(beside, BLOCK[0] / 2 + 58)
    return PAD + _inner(sizes) + max(wide, sizes.inputs.width) + FOLD + FOLD_GAP + beside


def arrange_lstm(frame: Box, sizes: Sizes, names: frozenset[str]) -> CellPlace:
    """Everything of a cell; `names` are the sites that there are."""
    drawing, at = Drawing(frame, sizes), lines_of(frame, sizes, end_width(sizes, names))
    _memory_line(drawing, at, names)
    _inputs(drawing, at)
    for name, word, x in zip(GATES, WORDS, at.xs, strict=False):
        gate_of(drawing, at, name, word, x, to_top=name == "f")
    _input_product(drawing, at)
    _output(drawing, at, names)
    return drawing.done()


def lines_of(frame: Box, sizes: Sizes, end: float) -> Lines:
    high, wide = sizes.units.height, sizes.units.width
    spare = max(frame.height - needs_of(sizes, end)[1], 0.0)
    more = min(spare / 6, 14.0)
    gap = GAP + more
    memory = frame.y + HEAD + ABOVE - LIFT + high / 2 + more / 2
    added = memory + high / 2 + gap + 4 + high / 2
    joined = added + high / 2 + GAP + more / 2 + KNOT
    gates = joined + KNOT + GAP + more / 2 + high / 2
    blocks = gates + high / 2 + gap + BLOCK[1] / 2
    sums = blocks + BLOCK[1] / 2 + gap + high / 2
    left, right = frame.x + PAD + _inner(sizes) + wide / 2, last_middle(frame, sizes)
    first, last = frame.x + _left_end(sizes), right - end
    pitch = (last - first) / 4
    xs = tuple(first + k * pitch for k in range(5))
    return Lines(memory, added, joined, gates, blocks, sums, sums + high / 2 + gap, xs, left, right)


def _memory_line(drawing: Drawing, at: Lines, names: frozenset[str]) -> None:
    """c(t−1) ⊙ f + i along the top."""
    y, xs = at.memory, at.xs
    before = drawing.vector("c_prev", Point(at.left, y), is_above=True)
    product = drawing.knot("⊙", "c_kept", Point(xs[0], y))
    plus = drawing.knot("+", _state(names), Point((xs[1] + xs[2]) / 2, y))
    kept = drawing.vector("c_kept", Point((xs[0] + plus.x) / 2 - 4, y), is_above=True)
    way = xs[4] - plus.x
    if "c_new" in names:
        new = drawing.vector("c_new", Point(plus.x + 0.3 * way, y), is_above=True)
        drawing.track("c_new", Point(plus.x + KNOT, y), Point(new.x, y), head=False)
    state = drawing.vector("c", Point(plus.x + (0.72 if "c_new" in names else 0.52) * way, y), is_above=True)
    drawing.track("c_prev", Point(before.right, y), Point(product.x - KNOT, y))
    drawing.track("c_kept", Point(product.x + KNOT, y), Point(kept.x, y), head=False)
    drawing.track("c_kept", Point(kept.right, y), Point(plus.x - KNOT, y))
    start = new.right if "c_new" in names else plus.x + KNOT
    drawing.track("c", Point(start, y), Point(state.x, y), head=False)
    fork = Point(xs[4], y)
    drawing.track("c", Point(state.right, y), fork, head=False)
    way_on(drawing, names, "c", fork, at.right)
    drawing.fork("c", fork, ("z_o_tanh", "c_next"))


def _state(names: frozenset[str]) -> str:
    """What the addition makes: sequences of different lengths hold it before it goes on."""
    return "c_new" if "c_new" in names else "c"


def _inputs(drawing: Drawing, at: Lines) -> None:
    """h(t−1) and x(t) at the left, joined along the bottom."""
    below = drawing.sizes.inputs.height
    x = drawing.vector("x", Point(at.left, at.bottom - below / 2 + 6), is_above=True, is_input=True)
    middle = x.y - ABOVE - 5 - drawing.sizes.units.height / 2
    before = drawing.vector("h_prev", Point(at.left, middle), is_above=True)
    bus, right = max(x.right, before.right) + FOLD + FOLD_GAP + 8, at.xs[3]
    drawing.track("x", Point(x.right, x.center.y), Point(bus, x.center.y), head=False)
    drawing.track(
        "h_prev",
        Point(before.right, middle),
        Point(bus, middle),
        Point(bus, at.bottom),
        Point(right, at.bottom),
        head=False,
    )


def gate_of(drawing: Drawing, at: Lines, name: str, word: str, x: float, to_top: bool) -> None:
    """From the bottom through the sum and the function to what the gate lets through."""
    has_room = at.xs[1] - at.xs[0] >= WORDS_APART - 1
    block = drawing.block(name, Point(x, at.blocks), word if has_room else "")
    total = drawing.vector(f"z_{name}", Point(x, at.sums))
    made = drawing.vector(name, Point(x, at.gates))
    drawing.track(f"z_{name}", Point(x, at.bottom), Point(x, total.bottom))
    drawing.track(f"z_{name}", Point(x, total.y), Point(x, block.bottom), head=False)
    drawing.track(name, Point(x, block.y), Point(x, made.bottom), head=False)
    if to_top:
        drawing.track(name, Point(x, made.y), Point(x, at.memory + KNOT))


def _input_product(drawing: Drawing, at: Lines) -> None:
    """i = i† ⊙ i‡, and up to the cell state."""
    one, other = at.xs[1], at.xs[2]
    middle = (one + other) / 2
    top = at.gates - drawing.sizes.units.height / 2
    drawing.knot("⊙", "i", Point(middle, at.joined))
    drawing.track("i_sigma", Point(one, top), Point(one, at.joined), Point(middle - KNOT, at.joined))
    drawing.track("i_tanh", Point(other, top), Point(other, at.joined), Point(middle + KNOT, at.joined))
    added = drawing.vector("i", Point(middle, at.added))
    drawing.track("i", Point(middle, at.joined - KNOT), Point(middle, added.bottom), head=False)
    drawing.track("i", Point(middle, added.y), Point(middle, at.memory + KNOT))


def _output(drawing: Drawing, at: Lines, names: frozenset[str]) -> None:
    """o‡ = tanh(c), o = o† ⊙ o‡ below it, and from there to the right."""
    x, high = at.xs[4], drawing.sizes.units.height
    bottom = at.gates - KNOT
    block = drawing.block("o_tanh", Point(x, at.memory + high / 2 + 8 + BLOCK[1] / 2))
    space = max((bottom - block.bottom - high) / 2, 0.0)
    squashed = drawing.vector("o_tanh", Point(x, block.bottom + space + high / 2))
    beside = block.x - 8 - LETTER - FOLD - FOLD_GAP - drawing.sizes.units.width / 2
    y = max(block.center.y, at.memory + high + ABOVE + 3)
    drawing.vector("z_o_tanh", Point(beside, y), is_above=True)
    drawing.track("z_o_tanh", Point(x, at.memory), Point(x, block.y))
    drawing.track("o_tanh", Point(x, block.bottom), Point(x, squashed.y), head=False)
    drawing.track("o_tanh", Point(x, squashed.bottom), Point(x, bottom))
    product = drawing.knot("⊙", states_of(names)[0], Point(x, at.gates))
    gate = drawing.slot_of("o_sigma")
    drawing.track("o_sigma", Point(gate.right, at.gates), Point(product.x - KNOT, at.gates))
    state = arrange_end(drawing, names, Point(x, at.sums), at.gates, is_from_above=True)
    drawing.track(states_of(names)[0], Point(x, at.gates + KNOT), Point(x, state.y), head=False)
