"""The table `training` of a lesson file: how the network learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from nnviz.engine.optimizers import OPTIMIZERS, SETTINGS
from nnviz.engine.schedules import SCHEDULES
from nnviz.lessons.schema_base import BRANCH, MANY, ONE, NotNegative, Positive, Table, with_settings

if TYPE_CHECKING:
    Method: TypeAlias = str
    ScheduleMethod: TypeAlias = str
    _Settings = Table
else:
    Method = Literal[tuple(OPTIMIZERS)]
    ScheduleMethod = Literal[tuple(SCHEDULES)]
    _Settings = with_settings(Table, SETTINGS)

TABLE, WORD = f"{BRANCH}table", f"{BRANCH}word"
WORD_OR_TABLE = Discriminator(lambda value: WORD if isinstance(value, str) else TABLE)


class OptimizerTable(_Settings):
    """An optimizer, and those of its settings that are not the usual ones."""

    method: Method


class ScheduleTable(Table):
    """How the learning rate changes: the k-th epoch or iteration has another one."""

    method: ScheduleMethod
    factor: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.5
    every: Annotated[int, Field(ge=1, le=1_000_000)] = 10
    unit: Literal["iterations", "epochs"] = "epochs"


class StopTable(Table):
    loss_below: Positive | None = None
    iterations: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    patience: Annotated[int, Field(ge=1, le=100_000)] | None = None


def _kind_of_batch(value: Any) -> str:
    return ONE if isinstance(value, int) and not isinstance(value, bool) else MANY


Batch = Annotated[
    Annotated[int, Field(ge=1), Tag(ONE)] | Annotated[Literal["all"], Tag(MANY)],
    Discriminator(_kind_of_batch),
]


class TrainingTable(Table):
    loss: str
    only: Literal["mistakes"] | None = None
    optimizer: Annotated[
        Annotated[Method, Tag(WORD)] | Annotated[OptimizerTable, Tag(TABLE)], WORD_OR_TABLE
    ] = "gradient_descent"
    learning_rate: Positive
    schedule: ScheduleTable | None = None
    batch: Batch = "all"
    order: Literal["listed", "shuffled", "batches"] = "listed"
    seed: Annotated[int, Field(ge=0)] = 0
    clip: Positive | None = None
    l2: NotNegative = 0.0
    l1: NotNegative = 0.0
    stop: StopTable = StopTable()
