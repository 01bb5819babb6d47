"""Recurrent layers and sequences as they are in a run, as tables of a lesson file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnviz.engine.ops.base import Array
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.timeline import Settings
from nnviz.lessons.recurrent import GATES
from nnviz.lessons.schema_sequences import RecurrentTable, SequencesTable


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
        names = GATES[table.kind]
        update["gates"] = {
            name: part.tolist() for name, part in zip(names, np.split(rows, len(names)), strict=True)
        }
    if layer.extra:
        update["memory_biases"] = parameters[layer.extra[0].scope].tolist()
    return table.model_copy(update=update)


def listed_sequences(settings: Settings, going: Array | None) -> SequencesTable:
    """The sequences as the network reads them, each as long as it goes on, and their targets."""
    count, steps = settings.inputs.shape[:2]
    lengths = [steps] * count if going is None else going.sum(axis=1).astype(int).tolist()
    cut = [one[:length].tolist() for one, length in zip(settings.inputs, lengths, strict=True)]
    targets = settings.targets
    if targets is None:
        return SequencesTable(sequences=cut)
    if targets.ndim == 2:
        return SequencesTable(sequences=cut, targets=[[row] for row in targets.tolist()])
    ends = [one[:length].tolist() for one, length in zip(targets, lengths, strict=True)]
    return SequencesTable(sequences=cut, targets=ends)
