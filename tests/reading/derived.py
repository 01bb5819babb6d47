"""Numbers that no record holds, computed from those that it holds by the definition in the textbook.

Slopes are difference quotients of φ itself, contributions of one example are sums over its uses of a weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nnviz.engine.graph import ConvolutionLayer, DenseLayer, WeightedLayer
from nnviz.engine.moment import Moment
from nnviz.engine.ops.dropout import Dropped
from nnviz.engine.ops.elementwise import PReLU, ReLU, Threshold
from nnviz.engine.ops.pooling import AveragePool, MaxPool
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import Part
from tests.reading.grammar import UnreadableError

if TYPE_CHECKING:
    from tests.reading.book import Place

Array = Any
STEP = 1e-6


def values(moment: Moment, scope: str, part: Part = Part.VALUE) -> Array:
    known = moment.known.get((scope, part))
    if known is None:
        raise UnreadableError(f"{part} of {scope} is not computed")
    return known.array


def delta(moment: Moment, scope: str) -> Array:
    """∂E/∂z of a weighted sum, whatever sign the lesson gives its δ."""
    return values(moment, scope, Part.GRADIENT)


# Activation functions


def reader(moment: Moment, scope: str) -> str:
    """The activation that reads a weighted sum."""
    graph = moment.graph
    return graph.readers[graph[scope].index][0].scope


def slope(moment: Moment, a: str, z: str, cell: Sequence[int], row: int) -> float:
    """φ′(z): how fast the activation of one unit grows with its weighted sum."""
    graph, op, place = moment.graph, moment.graph[a].op, (row, *cell)
    at = float(values(moment, z)[place])
    function = op.function if isinstance(op, Dropped) else op
    if isinstance(function, Threshold):  # also where it jumps
        return 0.0
    others = []
    for index in graph[a].inputs[1:]:
        node = graph.nodes[index]
        whole = values(moment, node.scope)
        others.append(np.array([whole[cell[0]] if node.is_parameter else whole[place]]))

    def phi(z: float) -> float:
        return float(op.forward(np.array([[z]]), *others).item())

    if isinstance(function, ReLU) and at == 0.0:
        scale = phi(1.0)  # how much of a unit dropout lets through
        return moment.textbook.conventions.relu_slope_at_zero * scale
    step = STEP * max(1.0, abs(at))
    below, above = (0.0, step) if at > 0 else (step, 0.0)
    if abs(at) > 2 * STEP:
        below = above = step
    return (phi(at + above) - phi(at - below)) / (above + below)


def slope_of_slope(moment: Moment, a: Place, row: int) -> float:
    """∂a/∂λ of one unit: z where λ·z is what it gives, else 0."""
    z = float(values(moment, f"{a.scope.rpartition('/')[0]}/z")[(row, *a.cell)])
    return 0.0 if z > 0 else z


def pooling_slope(moment: Moment, window: Place, cell: Place, row: int) -> float:
    """∂p/∂a: 1 for the first largest number of a window, or an equal part of the mean."""
    op = moment.graph[window.scope].op
    assert isinstance(op, MaxPool | AveragePool)
    f, r, c = window.cell
    top, left = r * op.stride[0], c * op.stride[1]
    inside = values(moment, cell.scope)[row, f, top : top + op.size[0], left : left + op.size[1]]
    m, n = cell.cell[1] - top, cell.cell[2] - left
    if cell.cell[0] != f or not (0 <= m < inside.shape[0] and 0 <= n < inside.shape[1]):
        raise UnreadableError(f"{cell} does not lie in the window {window}")
    if isinstance(op, AveragePool):
        return 1 / inside.size
    return float(np.unravel_index(int(np.argmax(inside)), inside.shape) == (m, n))


# The loss and its gradients


def loss_of(moment: Moment, row: int) -> float:
    """E of one example, not divided by their number."""
    graph = moment.graph
    assert graph.loss is not None
    if "loss/steps" in graph:
        return float(values(moment, "loss/steps")[row].sum())
    inputs = [values(moment, graph.nodes[i].scope)[row : row + 1] for i in graph.loss.inputs]
    return float(graph.loss.op.cell_terms(*inputs).sum())  # type: ignore[attr-defined]


def length_of_gradients(moment: Moment) -> float:
    """The length of all gradients together, each with what a penalty adds to that of a weight."""
    squares, penalty = 0.0, moment.penalty
    for node in moment.graph.parameters:
        if node.is_trainable:
            whole = values(moment, node.scope, Part.GRADIENT)
            if not node.scope.rpartition("/")[2].startswith(("b", "lambda")):
                w = values(moment, node.scope)
                whole = whole + penalty.l2 * w + penalty.l1 * np.sign(w)
            squares += float((whole**2).sum())
    return squares**0.5


def share(moment: Moment, place: Place, row: int) -> float:
    """What one example adds to ∂E/∂ of a parameter."""
    graph = moment.graph
    layer = graph.layer_of(graph[place.scope])
    if isinstance(layer, RecurrentLayer) or (layer is not None and layer.is_stepwise):
        return sum(of_use(moment, place, row, t) for t in range(layer.a.shape[0]))
    assert isinstance(layer, WeightedLayer)
    if isinstance(layer.a.op, PReLU) and place.scope.endswith("/lambda"):
        errors = values(moment, layer.a.scope, Part.GRADIENT)[row, place.cell[0]]
        return float((errors * np.minimum(values(moment, layer.z.scope)[row, place.cell[0]], 0.0)).sum())
    errors = delta(moment, layer.z.scope)[row]
    if isinstance(layer, ConvolutionLayer):
        return _share_of_filter(moment, layer, place.cell, errors, row)
    assert isinstance(layer, DenseLayer)
    if len(place.cell) == 1:
        is_shared = layer.b is not None and layer.b.shape[0] < layer.units
        return float(errors.sum() if is_shared else errors[place.cell])
    x = values(moment, layer.x.scope)[row]
    if graph.has_steps and x.ndim > 1:  # read at the end of the sequence
        x = x[length(moment, row) - 1]
    return float(errors[place.cell[0]] * x.reshape(-1)[place.cell[1]])


def length(moment: Moment, row: int) -> int:
    """T, the last step of a sequence."""
    going = moment.graph.going
    return moment.graph.inputs.shape[0] if going is None else int(values(moment, going.scope)[row].sum())


def _share_of_filter(
    moment: Moment, layer: ConvolutionLayer, cell: Sequence[int], errors: Array, row: int
) -> float:
    if len(cell) == 1:
        return float(errors[cell[0]].sum())
    f, k, m, n = cell
    op, image = layer.z.op, values(moment, layer.x.scope)[row, k]
    if op.flipped:  # type: ignore[attr-defined]
        m, n = layer.w.shape[2] - 1 - m, layer.w.shape[3] - 1 - n
    total = 0.0
    (down, along), (above, left) = op.stride, op.padding  # type: ignore[attr-defined]
    for (r, c), error in np.ndenumerate(errors[f]):
        y, x = r * down + m - above, c * along + n - left
        if 0 <= y < image.shape[0] and 0 <= x < image.shape[1]:
            total += float(error * image[y, x])
    return total


def at_step(moment: Moment, place: Place, t: int) -> float:
    """What one step adds to ∂E/∂ of a shared weight, over all examples."""
    return sum(of_use(moment, place, row, t) for row in range(len(moment.rows)))


def of_use(moment: Moment, place: Place, row: int, t: int) -> float:
    """What one step of one example adds to ∂E/∂ of a shared weight: an error times what was weighed."""
    graph, name = moment.graph, place.scope.rpartition("/")[2]
    layer = graph.layer_of(graph[place.scope])
    unit, source = place.cell[0], place.cell[1] if len(place.cell) > 1 else None
    if isinstance(layer, WeightedLayer):
        error = delta(moment, layer.z.scope)[row, t, unit]
        return float(error if source is None else error * values(moment, layer.x.scope)[row, t, source])
    assert isinstance(layer, RecurrentLayer)
    if name == "b_h":
        return float(values(moment, f"{layer.scope}/m", Part.GRADIENT)[row, t, unit])
    gate = next(one for one in layer.gates if one.rows.start <= unit < one.rows.stop)
    error = delta(moment, gate.z.scope)[row, t, unit - gate.rows.start]
    if name == "w_h" and gate.name == "n":  # the reset gate lets the memory through behind its weights
        error = values(moment, f"{layer.scope}/m", Part.GRADIENT)[row, t, unit - gate.rows.start]
    if source is None:
        return float(error)
    if name == "w_x":
        return float(error * values(moment, layer.x.scope)[row, t, source])
    if t == 0:
        return float(error * values(moment, f"{layer.scope}/h_start")[row, source])
    return float(error * values(moment, f"{layer.scope}/h")[row, t - 1, source])
