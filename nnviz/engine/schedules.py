"""How the learning rate changes in the course of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

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


@dataclass(frozen=True, slots=True)
class Schedule:
    """α of the k-th iteration or epoch (`unit`, k from 0) from the α₀ that the lesson sets: here it stays.

    What can be chosen is said in `title` and `sentence`; `usual` are the settings that a choice brings.
    """

    name: ClassVar[str] = "constant"
    title: ClassVar[str] = "stays"
    sentence: ClassVar[str] = "α is the same from the first step to the last."
    usual: ClassVar[Mapping[str, float]] = {}

    factor: float = 0.5
    every: int = 10
    unit: Literal["iterations", "epochs"] = "epochs"

    def scale(self, k: int) -> float:
        """α / α₀."""
        return 1.0

    def turn(self, iteration: int, iterations_per_epoch: int) -> int:
        """k of an iteration."""
        return iteration if self.unit == "iterations" else iteration // iterations_per_epoch

    def line(self, start: float, decimals: int | None, k: int) -> Expr | None:
        """α written out; None where it never changes."""
        scale = self._scale_line(k)
        if scale is None:
            return None
        base = Quantity(Name("α", "0"), start, None, "update", "learning rate at the start", decimals)
        return Product((base, *scale))

    def _scale_line(self, k: int) -> tuple[Expr, ...] | None:
        return None

    @property
    def formula(self) -> str:
        """For the conventions."""
        return "α"

    @property
    def _turn_name(self) -> str:
        return "epoch" if self.unit == "epochs" else "iteration"


@dataclass(frozen=True, slots=True)
class Exponential(Schedule):
    """α₀·γᵏ."""

    name: ClassVar[str] = "exponential"
    title: ClassVar[str] = "exponential"
    sentence: ClassVar[str] = "α shrinks by 5 % in every epoch."
    usual: ClassVar[Mapping[str, float]] = {"factor": 0.95, "every": 1}

    def scale(self, k: int) -> float:
        return float(self.factor ** self._turns(k))

    def _scale_line(self, k: int) -> tuple[Expr, ...] | None:
        gamma = Quantity(Name("γ"), self.factor, None, "update", "factor of the schedule")
        turns = self._turns(k)
        return (Power(gamma, Constant(float(turns), str(turns))),)

    def _turns(self, k: int) -> int:
        """How often α has been multiplied by γ."""
        return k

    @property
    def formula(self) -> str:
        return f"α₀ × {constant(self.factor).text} every {self._turn_name}"


@dataclass(frozen=True, slots=True)
class InSteps(Exponential):
    """α₀·γ^⌊k/every⌋."""

    name: ClassVar[str] = "step"
    title: ClassVar[str] = "in steps"
    sentence: ClassVar[str] = "α is halved after every 10 epochs."
    usual: ClassVar[Mapping[str, float]] = {"factor": 0.5, "every": 10}

    def _turns(self, k: int) -> int:
        return k // self.every

    @property
    def formula(self) -> str:
        return f"α₀ × {constant(self.factor).text} every {self.every:,} {self._turn_name}s"


@dataclass(frozen=True, slots=True)
class Cosine(Schedule):
    """α₀·½·(1 + cos(π·k/every)), and 0 from k = every on."""

    name: ClassVar[str] = "cosine"
    title: ClassVar[str] = "cosine"
    sentence: ClassVar[str] = "α falls along a cosine, to nearly 0 after 100 epochs."
    usual: ClassVar[Mapping[str, float]] = {"every": 100}

    def scale(self, k: int) -> float:
        return 0.5 * (1 + math.cos(math.pi * min(k / self.every, 1.0)))

    def _scale_line(self, k: int) -> tuple[Expr, ...] | None:
        part = Constant(min(k, self.every) / self.every, f"{min(k, self.every)}/{self.every}")
        angle = Product((Constant(math.pi, "π"), part))
        return HALF, Group(Sum((ONE, Call("cos", (angle,)))))

    @property
    def formula(self) -> str:
        return f"α₀ × ½(1 + cos(π·k/{self.every:,})), k the {self._turn_name}"


CONSTANT = Schedule()
SCHEDULES: dict[str, type[Schedule]] = {kind.name: kind for kind in (Schedule, InSteps, Exponential, Cosine)}
