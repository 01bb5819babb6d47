"""From the table `training` to what the engine trains with."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from nnviz.engine.optimizers import OPTIMIZERS, Optimizer
from nnviz.engine.order import Order
from nnviz.engine.penalty import Penalty
from nnviz.engine.schedules import CONSTANT, SCHEDULES, Schedule
from nnviz.engine.settings import Stop
from nnviz.lessons.errors import BuildError
from nnviz.lessons.schema_training import OptimizerTable, ScheduleTable, TrainingTable


def plan_of(table: TrainingTable | None) -> dict[str, Any]:
    """The arguments of a timeline beside graph, parameters and data. Raises BuildError."""
    if table is None:
        return {}
    return {
        "batch_size": None if table.batch == "all" else table.batch,
        "optimizer": optimizer_of(table.optimizer),
        "penalty": Penalty(table.l2, table.l1),
        "schedule": schedule_of(table.schedule),
        "order": Order(table.order, table.seed),
        "seed": table.seed,
        "clip": table.clip,
    }


def optimizer_of(table: str | OptimizerTable) -> Optimizer:
    """An optimizer with the settings that are its own. Raises BuildError for one that it does not have."""
    if isinstance(table, str):
        return OPTIMIZERS[table]()
    kind = OPTIMIZERS[table.method]
    settings = table.model_dump(exclude={"method"}, exclude_none=True)
    known = [field.name for field in fields(kind)]
    for name in settings:
        if name not in known:
            wanted = f"wanted one of {', '.join(known)}" if known else "which has no settings"
            raise BuildError(f"training.optimizer.{name}", f"found {name} for {table.method}, {wanted}")
    return kind(**settings)


def schedule_of(table: ScheduleTable | None) -> Schedule:
    """How α changes."""
    if table is None:
        return CONSTANT
    return SCHEDULES[table.method](**table.model_dump(exclude={"method"}))


def stop_of(table: TrainingTable | None) -> Stop:
    """When the run is over."""
    if table is None:
        return Stop(None, 1)
    return Stop(table.stop.loss_below, table.stop.iterations, table.stop.patience)
