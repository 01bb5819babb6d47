"""How a lesson writes what the engine computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nnviz.engine.conventions import Conventions
from nnviz.engine.notation import Notation
from nnviz.engine.preparation import Preparation
from nnviz.engine.ref import Part


@dataclass(frozen=True)
class Textbook:
    """How a lesson writes what the engine computes: notation, conventions, preparation and narration.

    `narration` maps the name of a stage, from general to special (``backward``, ``backward/hidden2``), to a
    sentence.
    """

    notation: Notation
    conventions: Conventions = Conventions()
    preparation: Preparation | None = None
    narration: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[str, ...] = ()

    def example(self, row: int) -> str:
        """The name of an example: d₁, or what the lesson calls it."""
        return self.examples[row] if row < len(self.examples) else f"d{row + 1}"

    def scaling_word(self, part: Part) -> str:
        """What the numbers are called that the data is scaled with."""
        methods = {scaling.method for scaling in self.preparation.scalings} if self.preparation else set()
        low, high = ("mean", "deviation") if "standard" in methods else ("min", "max")
        return low if part is Part.LOW else high
