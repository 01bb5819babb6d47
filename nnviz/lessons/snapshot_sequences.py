"""Recurrent layers as they are in a run, as tables of a lesson file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnviz.engine.ops.base import Array
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.recurrent_layers import CELLS
from nnviz.lessons.schema_sequences import RecurrentTable


def listed_recurrent(
    table: RecurrentTable, layer: RecurrentLayer, parameters: Mapping[str, Array]
) -> RecurrentTable:
    """A recurrent layer with its weights written out, as rows of [1, h, x] gate by gate."""
    nodes = (layer.b, layer.w_h, layer.w_x)
    rows = np.column_stack([parameters[node.scope] for node in nodes if node is not None])
    update: dict[str, Any] = {"forget_bias": None}
    if table.kind == "recurrent":
        update["weights"] = rows.tolist()
    else:
        names = CELLS[table.kind].gates
        update["gates"] = {
            name: part.tolist() for name, part in zip(names, np.split(rows, len(names)), strict=True)
        }
    if layer.extra:
        update["memory_biases"] = parameters[layer.extra[0].scope].tolist()
    return table.model_copy(update=update)
