"""How the learning rate changes in the course of a run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from nnviz.engine.formula import (
    HALF,
    ONE,
    Call,
    Constant,
    Expr,
    Group,
    Name,
    Power,
    Product,
    Quantity,
    Sum,
    constant,
)

Method = Literal["constant", "step", "exponential", "cosine"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """α of the k-th iteration or epoch (`unit`, k from 0) from the α₀ that the lesson sets.

    step: α₀·γ^⌊k/every⌋; exponential: α₀·γᵏ; cosine: α₀·½·(1 + cos(π·k/every)), and 0 from k = every on.
    """

    method: Method = "constant"
    factor: float = 0.5
    every: int = 10
    unit: Literal["iterations", "epochs"] = "epochs"

    def scale(self, k: int) -> float:
        """α / α₀."""
        match self.method:
            case "step":
                return float(self.factor ** (k // self.every))
            case "exponential":
                return float(self.factor**k)
            case "cosine":
                return 0.5 * (1 + math.cos(math.pi * min(k / self.every, 1.0)))
        return 1.0

    def turn(self, iteration: int, iterations_per_epoch: int) -> int:
        """k of an iteration."""
        return iteration if self.unit == "iterations" else iteration // iterations_per_epoch

    def line(self, start: float, decimals: int | None, k: int) -> Expr | None:
        """α written out; None where it never changes."""
        if self.method == "constant":
            return None
        base = Quantity(Name("α", "0"), start, None, "update", "learning rate at the start", decimals)
        if self.method == "cosine":
            part = Constant(min(k, self.every) / self.every, f"{min(k, self.every)}/{self.every}")
            angle = Product((Constant(math.pi, "π"), part))
            return Product((base, HALF, Group(Sum((ONE, Call("cos", (angle,)))))))
        gamma = Quantity(Name("γ"), self.factor, None, "update", "factor of the schedule")
        turns = k // self.every if self.method == "step" else k
        return Product((base, Power(gamma, Constant(float(turns), str(turns)))))

    @property
    def formula(self) -> str:
        """For the conventions."""
        k = "epoch" if self.unit == "epochs" else "iteration"
        match self.method:
            case "step":
                return f"α₀ × {constant(self.factor).text} every {self.every:,} {k}s"
            case "exponential":
                return f"α₀ × {constant(self.factor).text} every {k}"
            case "cosine":
                return f"α₀ × ½(1 + cos(π·k/{self.every:,})), k the {k}"
        return "α"


CONSTANT = Schedule()
