"""The right end of an opened step: the state, where it goes, and where errors come in again."""

from __future__ import annotations

from itertools import pairwise

from nnviz.ui.layout.geometry import Box, Point
from nnviz.ui.layout.steps_cell import FOLD, FOLD_GAP, KNOT, PAD, Drawing, Sizes

OUT = 20.0  # from the last vector to the border
FORKED = 36.0  # between the state and what comes from the next step, with the fork between them
BESIDE_LETTER = 40.0
HOP = 52.0  # between two states, with ⊙ and the mask between them
STATES = ("h_full", "h_new", "h")


def states_of(names: frozenset[str]) -> list[str]:
    """What a cell makes, before dropout and before a sequence that has ended holds it, and its state."""
    return [name for name in STATES if name in names]


def end_width(sizes: Sizes, names: frozenset[str]) -> float:
    """From the middle of the first state to that of what comes from the next step."""
    one = sizes.units.width + FOLD + FOLD_GAP
    return (
        one + FORKED / 2 + _to_fork(sizes) - sizes.units.width / 2 + (len(states_of(names)) - 1) * (one + HOP)
    )


def _to_fork(sizes: Sizes) -> float:
    """From the middle of what comes from the next step to the fork, beside the letter above it."""
    return max((FORKED + sizes.units.width) / 2, BESIDE_LETTER)


def last_middle(frame: Box, sizes: Sizes) -> float:
    """The middle of what stands next to the right border."""
    return frame.right - PAD - OUT - sizes.units.width / 2


def arrange_end(
    drawing: Drawing, names: frozenset[str], first: Point, up: float, is_from_above: bool = False
) -> Box:
    """All states on one line, then a fork to the next step and, at the height `up`, to the layer above.

    The errors of both stand on their ways. Gives the box of the first state; `is_from_above` says that the
    way to it comes from above, where its letter would stand.
    """
    states = states_of(names)
    hop = drawing.sizes.units.width + FOLD + FOLD_GAP + HOP
    boxes = [
        drawing.vector(name, first._replace(x=first.x + k * hop), is_above=k > 0 or not is_from_above)
        for k, name in enumerate(states)
    ]
    for (name, box), (after, following) in pairwise(zip(states, boxes, strict=True)):
        if name == "h_full" and "mask" in names:
            _masked(drawing, name, after, box, following, up)
        else:
            drawing.track(name, Point(box.right, first.y), Point(following.x, first.y))
    _fork(drawing, names, boxes[-1], up)
    return boxes[0]


def _masked(drawing: Drawing, name: str, after: str, box: Box, following: Box, up: float) -> None:
    """⊙ with the mask of dropout between two states."""
    y = box.center.y
    knot = drawing.knot("⊙", after, Point((box.right + FOLD + FOLD_GAP + following.x) / 2, y))
    mask = drawing.vector("mask", Point(knot.x, up))
    start, end = (mask.bottom, y - KNOT) if up < y else (mask.y, y + KNOT)
    drawing.track("mask", Point(knot.x, start), Point(knot.x, end), back="")
    drawing.track(name, Point(box.right, y), Point(knot.x - KNOT, y))
    drawing.track(after, Point(knot.x + KNOT, y), Point(following.x, y), head=False)


def _fork(drawing: Drawing, names: frozenset[str], state: Box, up: float) -> None:
    y, end, right = state.center.y, drawing.frame.right, last_middle(drawing.frame, drawing.sizes)
    fork = Point(state.right + FOLD + FOLD_GAP + FORKED / 2, y)
    drawing.track("h", Point(state.right, y), fork, head=False)
    if "above" in names:
        above = drawing.vector("above", Point(right, up), is_above=True)
        drawing.track("h", fork, Point(fork.x, up), Point(above.x, up), head=False, back="above", is_up=True)
        drawing.track("h", Point(above.right, up), Point(end, up), back="above", is_up=True)
    way_on(drawing, names, "h", fork, right)
    drawing.fork("h", fork, ("above", "h_next"))


def way_on(drawing: Drawing, names: frozenset[str], state: str, start: Point, right: float) -> None:
    """From a fork to the next step; what that hands back stands on the way."""
    end, later = Point(drawing.frame.right, start.y), f"{state}_next"
    if later not in names:
        drawing.track(state, start, end, back="")
        return
    box = drawing.vector(later, Point(right, start.y), is_above=True)
    drawing.track(state, start, Point(box.x, start.y), head=False, back=later)
    drawing.track(state, Point(box.right, start.y), end, back=later)
