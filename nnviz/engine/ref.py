"""The address of any number that can be shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """Which of the numbers that belong to a node is meant."""

    VALUE = "value"  # what the forward pass writes: z, a, an input, a parameter before the update
    GRADIENT = "gradient"  # ∂E/∂ of that value, summed over the examples for a parameter
    DELTA = "delta"  # the error gradient of a unit as the lesson signs it: δ = ±∂E/∂z
    SLOPE = "slope"  # φ′(z) of an activation
    SHARE = "share"  # the contribution of one example to a parameter's gradient
    AT_STEP = "at_step"  # what one use of a shared weight contributes to its gradient: (step, …)
    ABOVE = "above"  # ∂E(t)/∂h(t), the part of an error that does not come from a later step
    NEW = "new"  # a parameter after the update
    ERROR = "error"  # t − a at an output
    TERM = "term"  # one example's share of the loss
    RAW = "raw"  # a data cell before preprocessing
    LOW = "low"  # what preprocessing subtracts in a column: its min or mean
    HIGH = "high"  # its max, or standard deviation
    TOTAL = "total"  # ∂E/∂w with what a penalty on large weights adds to it
    CHANGE = "change"  # Δw, by which momentum moves a parameter
    CHANGE_BEFORE = "change_before"  # the Δw of the update before
    FIRST = "first"  # m, the running mean of the gradients
    FIRST_BEFORE = "first_before"
    FIRST_FAIR = "first_fair"  # m̂, corrected for its start at 0
    SECOND = "second"  # v, the running mean (or sum) of the squared gradients
    SECOND_BEFORE = "second_before"
    SECOND_FAIR = "second_fair"  # v̂
    NEWTON = "newton"  # the part of H⁻¹∇E that belongs to a parameter


@dataclass(frozen=True, slots=True)
class Ref:
    """One number: node `scope`, `part`, `cell` within it, and the example (row of the data) it belongs to.

    `cell` indexes the axes after the example axis, from zero. `example` is None for what does not depend
    on an example. `iteration` is None for the iteration of the moment in which the address is read.
    """

    scope: str
    part: Part = Part.VALUE
    cell: tuple[int, ...] = ()
    example: int | None = None
    iteration: int | None = None

    @property
    def own_cell(self) -> tuple[int, ...]:
        """The cell within the node; that of what a weight does at one step begins with the step."""
        return self.cell[1:] if self.part is Part.AT_STEP else self.cell

    def of(self, part: Part) -> Ref:
        """The same cell, another of its numbers."""
        return Ref(self.scope, part, self.cell, self.example, self.iteration)


LEARNING_RATE = Ref("learning_rate")
STEP_LOSSES = "loss/steps"  # the node of the errors of the single steps of a sequence
BIAS_INPUT = Ref("bias_input")  # always 1: the bias is its weight
PADDING_ZERO = Ref("padding")  # what a filter finds outside of the image: always 0
CONSTANTS = {BIAS_INPUT: 1.0, PADDING_ZERO: 0.0}
