"""What a box covers, one thing at a time: the definition that the fast form must keep to."""

import math

from nnviz.ui.layout.geometry import Box, Disc, Line


def depth(disc: Disc, box: Box) -> float:
    """How far a box reaches into a disc; 0 where they do not meet."""
    (x, y), radius = disc
    across = min(max(x, box.x), box.right) - x
    down = min(max(y, box.y), box.bottom) - y
    return max(0.0, radius - math.hypot(across, down))


def inside(line: Line, box: Box) -> float:
    """The length of the part of a line that lies in a box."""
    (x, y), (dx, dy) = line.start, (line.end.x - line.start.x, line.end.y - line.start.y)
    first, last = 0.0, 1.0
    for step, low, high in ((dx, box.x - x, box.right - x), (dy, box.y - y, box.bottom - y)):
        if step == 0:
            if low > 0 or high < 0:
                return 0.0
            continue
        enters, leaves = sorted((low / step, high / step))
        first, last = max(first, enters), min(last, leaves)
    return max(0.0, last - first) * math.hypot(dx, dy)
