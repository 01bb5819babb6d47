"""A GRU: the state along the top, mixed with a candidate as far as the update gate says."""

from __future__ import annotations

from nnviz.ui.layout.geometry import Box, Point
from nnviz.ui.layout.steps_cell import FOLD, FOLD_GAP, KNOT, CellPlace, Drawing, Sizes
from nnviz.ui.layout.steps_end import arrange_end, end_width, states_of
from nnviz.ui.layout.steps_lstm import Lines, gate_of, lines_of, needs_of

WAY = 20.0  # from the mixture to the state
CANDIDATE = 0.62  # of the way from what is remembered to the update gate


def gru_needs(sizes: Sizes, names: frozenset[str]) -> tuple[float, float]:
    """The least width and height of the frame."""
    return needs_of(sizes, _end(sizes, names))


def _end(sizes: Sizes, names: frozenset[str]) -> float:
    """From the mixture to what comes from the next step."""
    return KNOT + WAY + sizes.units.width / 2 + end_width(sizes, names)


def arrange_gru(frame: Box, sizes: Sizes, names: frozenset[str]) -> CellPlace:
    """Everything of a cell; `names` are the sites that there are."""
    drawing, at = Drawing(frame, sizes), lines_of(frame, sizes, _end(sizes, names))
    _state(drawing, at, names)
    _inputs(drawing, at)
    gate_of(drawing, at, "r", "reset gate", at.xs[0], to_top=False)
    gate_of(drawing, at, "u", "update gate", at.xs[4], to_top=True)
    _candidate(drawing, at)
    return drawing.done()


def _state(drawing: Drawing, at: Lines, names: frozenset[str]) -> None:
    """h(t−1) along the top into the mixture, and h to the right."""
    y, x, first = at.memory, at.xs[4], states_of(names)[0]
    before = drawing.vector("h_prev", Point(at.left, y), is_above=True)
    drawing.knot("mix", first, Point(x, y))
    middle = Point(x + KNOT + WAY + drawing.sizes.units.width / 2, y)
    state = arrange_end(drawing, names, middle, at.gates)
    drawing.track("h_prev", Point(before.right, y), Point(x - KNOT, y))
    drawing.track(first, Point(x + KNOT, y), Point(state.x, y), head=False)


def _inputs(drawing: Drawing, at: Lines) -> None:
    """x(t) from the left and h(t−1) from above, along the bottom."""
    below = drawing.sizes.inputs.height
    x = drawing.vector("x", Point(at.left, at.bottom - below / 2 + 6), is_above=True, is_input=True)
    before = drawing.slot_of("h_prev")
    bus = max(x.right, before.right + FOLD + FOLD_GAP) + 3
    drawing.track("x", Point(x.right, x.center.y), Point(bus, x.center.y), head=False)
    start, corner = Point(bus, at.memory), Point(bus, at.bottom)
    drawing.track("h_prev", start, corner, Point(at.xs[4], at.bottom), head=False)


def _candidate(drawing: Drawing, at: Lines) -> None:
    """n = tanh(W·x + r ⊙ m), and up to the mixture; m is what the weights make of h(t−1)."""
    left, last = at.xs[1], at.xs[4]
    x = left + CANDIDATE * (last - left)
    remembered = drawing.vector("m", Point(left, at.sums))
    reset = drawing.slot_of("r")
    drawing.knot("⊙", "rm", Point(left, at.gates))
    kept = drawing.vector("rm", Point((left + x) / 2 + 4, at.gates), is_above=True)
    total = drawing.vector("z_n", Point(x, at.gates), is_above=False)
    block = drawing.block("n", Point(x, at.joined), "candidate")
    made = drawing.vector("n", Point(x, at.added))
    drawing.track("m", Point(left, at.bottom), Point(left, remembered.bottom))
    drawing.track("m", Point(left, remembered.y), Point(left, at.gates + KNOT))
    drawing.track("r", Point(reset.right, at.gates), Point(left - KNOT, at.gates))
    drawing.track("rm", Point(left + KNOT, at.gates), Point(kept.x, at.gates), head=False)
    drawing.track("rm", Point(kept.right, at.gates), Point(total.x, at.gates))
    drawing.track("z_n", Point(x, at.bottom), Point(x, total.bottom))
    drawing.track("z_n", Point(x, total.y), Point(x, block.bottom), head=False)
    drawing.track("n", Point(x, block.y), Point(x, made.bottom), head=False)
    joint = Point(last - 26, at.added)
    drawing.track("n", Point(made.right, at.added), joint, Point(last - 9, at.memory + KNOT - 1))
