"""Names of examples as they are printed."""

from __future__ import annotations

import re

from nnviz.engine.typeset import SUBSCRIPTS

NUMBERED = re.compile(r"([A-Za-z]+)(\d+)")


def subscripted(name: str) -> str:
    """d1 as d₁; other names stay as they are."""
    match = NUMBERED.fullmatch(name)
    return match[1] + match[2].translate(SUBSCRIPTS) if match else name
