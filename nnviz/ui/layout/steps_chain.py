"""An opened step that is one layer of neurons: what comes in, the sum, the function, what comes out."""

from __future__ import annotations

from nnviz.ui.layout.geometry import Box, Point
from nnviz.ui.layout.steps_cell import (
    ABOVE,
    FOLD,
    FOLD_GAP,
    HEAD,
    KNOT,
    PAD,
    WIDE_BLOCK,
    CellPlace,
    Drawing,
    Sizes,
)
from nnviz.ui.layout.steps_end import OUT, arrange_end, end_width, states_of

ROW = 10.0  # between vectors that stand one above the other
WORD = 60.0  # for the letter of a matrix
WAY = 16.0  # the least length of an arrow
SIDE = FOLD + FOLD_GAP
BELOW = ("above", "t", "mask")  # of these one stands below what the layer makes


def chain_needs(sizes: Sizes, names: frozenset[str]) -> tuple[float, float]:
    """The least width and height of the frame."""
    high = max(_inputs_height(sizes, names), _outputs_height(sizes, names))
    sides = _left_middle(sizes) + PAD + OUT + sizes.units.width / 2
    return sides + sum(_ways(sizes, names)) + _end(sizes, names), high + HEAD + 2 * PAD


def _left_middle(sizes: Sizes) -> float:
    return PAD + OUT + max(sizes.inputs.width, sizes.units.width) / 2


def _ways(sizes: Sizes, names: frozenset[str]) -> tuple[float, ...]:
    """From middle to middle: inputs, Σ, the sum, the block, what it makes."""
    half, block = sizes.units.width / 2, WIDE_BLOCK[0] / 2
    before = max(half if "h_prev" in names else 0.0, sizes.inputs.width / 2) + SIDE
    return (
        before + WORD + KNOT,
        KNOT + WAY + half,
        half + SIDE + WAY + block,
        block + WAY + half,
    )


def _end(sizes: Sizes, names: frozenset[str]) -> float:
    """From the first thing that the layer makes to the last."""
    return end_width(sizes, names) if "h" in names else SIDE


def arrange_chain(frame: Box, sizes: Sizes, names: frozenset[str]) -> CellPlace:
    """A layer: `names` are the sites that there are."""
    drawing, needs = Drawing(frame, sizes), chain_needs(sizes, names)
    top = frame.y + (HEAD + frame.height - needs[1]) / 2 + HEAD / 2 + PAD
    y = top + ABOVE + _first_height(sizes, names) / 2
    if "h_prev" in names and not _has_below(names):
        y = max(y, top + _inputs_height(sizes, names) / 2)
    more = max(frame.width - needs[0], 0.0) / 4
    xs = [frame.x + _left_middle(sizes)]
    for way in _ways(sizes, names):
        xs.append(xs[-1] + way + more)
    at = _inputs(drawing, names, xs[0], top, y)
    joined = drawing.knot("Σ", "z", Point(xs[1], y))
    for name, point in at:
        word = "W" if "h_prev" not in names else "W_hh" if name == "h_prev" else "W_hx"
        drawing.track(name, point, Point(joined.x - KNOT, y), word=word)
    total = drawing.vector("z", Point(xs[2], y), is_above=True)
    _made(drawing, names, joined, total, xs[3], xs[4])
    return drawing.done()


def _made(
    drawing: Drawing, names: frozenset[str], joined: Point, total: Box, at_block: float, at: float
) -> None:
    """What the function makes of the sum, and where it goes."""
    y, high = joined.y, drawing.sizes.units.height
    below = y + high / 2 + ABOVE + ROW + high / 2
    name = states_of(names)[0] if "h" in names else "a"
    if "h" in names:
        made = arrange_end(drawing, names, Point(at, y), below)
    else:
        made = drawing.vector("a", Point(at, y), is_above=True)
        drawing.track("a", Point(made.right, y), Point(drawing.frame.right, y), is_up=True)
        if "t" in names:
            drawing.vector("t", Point(at, below), is_above=True)
    block = drawing.block(name, Point(at_block, y), size=WIDE_BLOCK)
    drawing.track("z", Point(joined.x + KNOT, y), Point(total.x, y), head=False)
    drawing.track("z", Point(total.right, y), Point(block.x, y))
    drawing.track(name, Point(block.right, y), Point(made.x, y), head=False)


def _inputs(
    drawing: Drawing, names: frozenset[str], x: float, top: float, y: float
) -> list[tuple[str, Point]]:
    """What the layer reads, one below the other, and where the ways from it begin."""
    sizes = drawing.sizes
    if "h_prev" not in names:
        box = drawing.vector("x", Point(x, y), is_above=True, is_input=True)
        return [("x", Point(box.right, y))]
    total = _inputs_height(sizes, names)
    before = drawing.vector("h_prev", Point(x, top + ABOVE + sizes.units.height / 2), is_above=True)
    middle = top + total - sizes.inputs.height / 2
    box = drawing.vector("x", Point(x, middle), is_above=True, is_input=True)
    return [
        ("h_prev", Point(before.right, before.center.y)),
        ("x", Point(box.right, box.center.y)),
    ]


def _inputs_height(sizes: Sizes, names: frozenset[str]) -> float:
    first = sizes.units.height + ABOVE + ROW if "h_prev" in names else 0.0
    return first + sizes.inputs.height + ABOVE


def _outputs_height(sizes: Sizes, names: frozenset[str]) -> float:
    high = sizes.units.height
    below = ABOVE + ROW + high if _has_below(names) else 0.0
    return ABOVE + (_first_height(sizes, names) + high) / 2 + below


def _first_height(sizes: Sizes, names: frozenset[str]) -> float:
    """The height of what stands in the first line: its middle is that of the line."""
    return sizes.units.height if "h_prev" in names else max(sizes.units.height, sizes.inputs.height)


def _has_below(names: frozenset[str]) -> bool:
    return any(name in names for name in BELOW)
