"""An opened step that is one layer of neurons: what comes in, the sum, the function, what comes out."""

from __future__ import annotations

from nnviz.ui.layout.geometry import Box, Point
from nnviz.ui.layout.steps_cell import ABOVE, HEAD, LETTER, PAD, WIDE_BLOCK, CellPlace, Drawing, Sizes

ROW = 10.0  # between vectors that stand one above the other
OUT = 30.0
BEHIND = 14.0 + 6.0


def chain_needs(sizes: Sizes, names: frozenset[str]) -> tuple[float, float]:
    """The least width and height of the frame."""
    high = max(_inputs_height(sizes, names), _outputs_height(sizes, names))
    width = sizes.inputs.width + 4 * (sizes.units.width + BEHIND) + 2 * WIDE_BLOCK[0] + 82 + 2 * OUT
    return width, high + HEAD + 2 * PAD


def arrange_chain(frame: Box, sizes: Sizes, names: frozenset[str]) -> CellPlace:
    """A layer: `names` are the sites that there are."""
    drawing = Drawing(frame, sizes)
    top = frame.y + (HEAD + frame.height - chain_needs(sizes, names)[1]) / 2 + HEAD / 2 + PAD
    y = top + ABOVE + _first_height(sizes, names) / 2
    if "h_prev" in names:
        y = max(y, top + _inputs_height(sizes, names) / 2) if not _extra(names) else y
    end = frame.right - OUT - 40
    last = "h" if "h_prev" in names else "a"
    xs = [frame.x + OUT + 60 + (end - frame.x - OUT - 60) * share for share in (0, 0.21, 0.42, 0.63, 0.9)]
    at = _inputs(drawing, names, xs[0], top, y)
    joined = drawing.knot("Σ", "z", Point(xs[1], y))
    for name, point in at:
        word = "W" if "h_prev" not in names else "W_hh" if name == "h_prev" else "W_hx"
        drawing.track(name, point, Point(joined.x - 11, y), word=word)
    total = drawing.vector("z", Point(xs[2], y), is_above=True)
    block = drawing.block(last, Point(xs[3], y), size=WIDE_BLOCK)
    made = drawing.vector(last, Point(xs[4], y), is_above=True)
    drawing.track("z", Point(joined.x + 11, y), Point(total.x, y), head=False)
    drawing.track("z", Point(total.right, y), Point(block.x, y))
    drawing.track(last, Point(block.right, y), Point(made.x, y), head=False)
    drawing.track(last, Point(made.right, y), Point(frame.right, y))
    _rest(drawing, names, made)
    return drawing.done()


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
    below = ABOVE + ROW + high if _extra(names) else 0.0
    return ABOVE + (_first_height(sizes, names) + high) / 2 + below


def _first_height(sizes: Sizes, names: frozenset[str]) -> float:
    """The height of what stands in the first line: its middle is that of the line."""
    return sizes.units.height if "h_prev" in names else max(sizes.units.height, sizes.inputs.height)


def _extra(names: frozenset[str]) -> list[str]:
    return [name for name in ("h_next", "above", "t", "h_new", "h_full") if name in names]


def _rest(drawing: Drawing, names: frozenset[str], made: Box) -> None:
    """The target, or the errors that come in, below what the layer makes."""
    high, wide = drawing.sizes.units.height, drawing.sizes.units.width
    below = made.bottom + ABOVE + ROW + high / 2
    for k, name in enumerate(_extra(names)):
        drawing.vector(name, Point(made.center.x - k * (wide + LETTER + ROW), below), is_above=True)


def arrange_parts(frame: Box, sizes: Sizes, names: tuple[str, ...]) -> CellPlace:
    """Any other layer: its vectors in rows, in the order in which they are computed."""
    drawing = Drawing(frame, sizes)
    step = max(sizes.units.width, sizes.inputs.width) + LETTER + BEHIND
    across = max(1, int((frame.width - 2 * PAD) // step))
    row = max(sizes.units.height, sizes.inputs.height) + ROW
    for k, name in enumerate(names):
        down, place = divmod(k, across)
        middle = Point(
            frame.x + PAD + LETTER + sizes.units.width / 2 + place * step,
            frame.y + HEAD + ROW + row * (down + 0.5),
        )
        drawing.vector(name, middle, is_input=name == "x")
    return drawing.done()


def parts_need(sizes: Sizes, names: tuple[str, ...], width: float) -> tuple[float, float]:
    step = max(sizes.units.width, sizes.inputs.width) + LETTER + BEHIND
    across = max(1, int((width - 2 * PAD) // step))
    row = max(sizes.units.height, sizes.inputs.height) + ROW
    return step + 2 * PAD, HEAD + 2 * ROW + row * -(-len(names) // across) + PAD
