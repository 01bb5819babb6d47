"""What is wrong with a lesson, said so that its author finds the place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nnviz.printable import printable


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: the field (``network.layers[1].weights``) and what was found and wanted there."""

    field: str
    message: str
    line: int | None = None

    def __post_init__(self) -> None:
        """Both may quote a file."""
        object.__setattr__(self, "field", printable(self.field))
        object.__setattr__(self, "message", printable(self.message))


class LessonError(ValueError):
    """A lesson that cannot be opened, with every problem that was found in it."""

    def __init__(self, path: str, problems: Sequence[Problem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """One line a problem: ``file:line: field: message``."""
        path = printable(self.path)
        return [
            f"{path}{f':{p.line}' if p.line else ''}: {f'{p.field}: ' if p.field else ''}{p.message}"
            for p in self.problems
        ]

    @property
    def one_line(self) -> str:
        """The first problem, and how many more there are: what a terminal prints."""
        more = len(self.problems) - 1
        return self.lines()[0] + (f" (and {more} more)" if more else "")


class OutsideError(LessonError):
    """A lesson that reads a file outside of its folder, which it may only do when somebody allows it."""

    def __init__(self, path: str, problem: Problem, outside: Path) -> None:
        super().__init__(path, [problem])
        self.outside = outside


def layer_field(index: int, field: str) -> str:
    """A field of the layer listed at a place, counted from 0: ``network.layers[2].units``."""
    return f"network.layers[{index + 1}].{field}"


class BuildError(ValueError):
    """A mistake that shows only when the parts of a lesson are put together."""

    def __init__(self, field: str, message: str) -> None:
        self.problem = Problem(field, message)
        super().__init__(f"{field}: {message}")
