"""What the numbers of an update are called: Δw, m, v and what becomes of them."""

from __future__ import annotations

from nnviz.engine.formula import Name
from nnviz.engine.ref import Part

LETTERS: dict[Part, str] = {
    Part.TOTAL: "g",
    Part.CHANGE: "Δw",
    Part.CHANGE_BEFORE: "Δw",
    Part.FIRST: "m",
    Part.FIRST_BEFORE: "m",
    Part.FIRST_FAIR: "m̂",
    Part.SECOND: "v",
    Part.SECOND_BEFORE: "v",
    Part.SECOND_FAIR: "v̂",
    Part.NEWTON: "(H⁻¹∇E)",
}
CAPTIONS: dict[Part, str] = {
    Part.TOTAL: "gradient with the penalty",
    Part.CHANGE: "change Δ",
    Part.CHANGE_BEFORE: "change Δ of the update before",
    Part.FIRST: "running mean m of the gradients",
    Part.FIRST_BEFORE: "m of the update before",
    Part.FIRST_FAIR: "m̂, which makes up for the start of m at 0",
    Part.SECOND: "running mean v of the squared gradients",
    Part.SECOND_BEFORE: "v of the update before",
    Part.SECOND_FAIR: "v̂, which makes up for the start of v at 0",
    Part.NEWTON: "part of H⁻¹∇E",
}
BEFORE = {Part.CHANGE_BEFORE, Part.FIRST_BEFORE, Part.SECOND_BEFORE}


def name_of_update(part: Part, sub: str, over: str) -> Name:
    """The symbol of a number of an update; what was kept from the one before says so above."""
    return Name(LETTERS[part], sub, f"{over}before" if part in BEFORE else over)
