"""What does not fit a graph is told where it comes in, by what was found and what was wanted."""

from __future__ import annotations

import re

import numpy as np
import pytest

from nnviz.engine.gradcheck import check_gradients, check_op
from nnviz.engine.landscape import Landscape
from nnviz.engine.measures import Examples
from nnviz.engine.ops.contraction import Affine
from nnviz.engine.ref import Ref
from nnviz.engine.run import Batch
from nnviz.engine.settings import flat
from nnviz.engine.timeline import Edit, Settings, Timeline
from tests.engine.conftest import build_network
from tests.engine.step_networks import step_graph

NET = build_network((2, 3, 1))  # 13 parameters
GRAPH, RUN = NET.graph, NET.timeline
X, T, ZEROS = np.zeros((4, 2)), np.zeros((4, 1)), np.zeros(13)
FIT = {node.scope: np.zeros(node.shape) for node in GRAPH.parameters}
SEQUENCES = step_graph(ends=True)
W = Ref("hidden1/w", cell=(0, 0))


def timeline(inputs=X, targets=T, parameters=ZEROS, graph=GRAPH, given=None, **options):
    return Timeline(graph, parameters, Settings(inputs, targets, 0.1, given or {}), **options)


def landscape(inputs=X, targets=T, parameters=ZEROS, refs=(W,)):
    return Landscape(GRAPH, parameters, Settings(inputs, targets, 0.1), refs)


def sequences(given):
    size = SEQUENCES.parameter_size
    return timeline(np.zeros((2, 3, 2)), np.zeros((2, 3, 2)), np.zeros(size), SEQUENCES, given)


def edit(ref):
    return RUN.edited(Edit(0, ((ref, 1.0),)))


BAD = {
    "transposed": (
        lambda: flat(GRAPH, {**FIT, "hidden1/w": np.zeros((2, 3))}.items()),
        "hidden1/w: found 2 × 3, wanted 3 × 2",
    ),
    "flat": (lambda: flat(GRAPH, {**FIT, "hidden1/w": np.zeros(6)}.items()), "found 6 numbers, wanted 3 × 2"),
    "bias": (
        lambda: flat(GRAPH, {**FIT, "hidden1/b": 0.5}.items()),
        "found a single number, wanted 3 numbers",
    ),
    "unknown name": (
        lambda: flat(GRAPH, {**FIT, "hiden1/w": np.zeros((3, 2))}.items()),
        "found parameter “hiden1/w”, wanted hidden1/b, hidden1/w, output/b, output/w",
    ),
    "missing": (lambda: flat(GRAPH, [("hidden1/w", np.zeros((3, 2)))]), "found no numbers for hidden1/b"),
    "too few parameters": (
        lambda: timeline(parameters=np.zeros(12)),
        "parameters: found 12 numbers, wanted 13",
    ),
    "one for all": (lambda: timeline(parameters=np.zeros(1)), "parameters: found 1 number, wanted 13"),
    "inputs": (lambda: timeline(inputs=np.zeros((4, 3))), "inputs: found 4 × 3, wanted 4 × 2"),
    "inputs transposed": (lambda: timeline(inputs=X.T), "inputs: found 2 × 4, wanted 2 × 2"),
    "no inputs": (lambda: timeline(inputs=np.zeros((0, 2)), targets=None), "found no examples"),
    "one target for all": (lambda: timeline(targets=np.zeros((1, 1))), "targets: found 1 row, wanted 4"),
    "targets in a row": (lambda: timeline(targets=np.zeros(4)), "targets: found 4 numbers, wanted 4 × 1"),
    "targets too wide": (lambda: timeline(targets=np.zeros((4, 2))), "targets: found 4 × 2, wanted 4 × 1"),
    "validation": (
        lambda: timeline(validation=Examples(np.zeros((2, 2)), np.zeros((3, 1)))),
        "targets: found 3 rows, wanted 2",
    ),
    "unknown given": (lambda: sequences({"gone": np.ones((2, 3))}), "found given “gone”, wanted going"),
    "given": (lambda: sequences({"going": np.ones((1, 3))}), "going: found 1 × 3, wanted 2 × 3"),
    "other examples": (lambda: RUN.evaluate(0, np.zeros((2, 2)), np.zeros((1, 1))), "targets: found 1 row"),
    "restart": (lambda: RUN.restarted(np.zeros(1)), "parameters: found 1 number, wanted 13"),
    "landscape": (lambda: landscape(targets=np.zeros((1, 1))), "targets: found 1 row, wanted 4"),
    "landscape of": (lambda: landscape(parameters=np.zeros(2)), "parameters: found 2 numbers, wanted 13"),
    "points": (lambda: landscape().losses(np.zeros((5, 2))), "found points of 5 × 2, wanted a row of 1"),
    "no such weight": (lambda: landscape(refs=(Ref("hidden1/w", cell=(0, 2)),)), "found cell (0, 2), wanted"),
    "gradients": (
        lambda: check_gradients(GRAPH, np.zeros(13), Batch(range(4), X, np.zeros((1, 1)))),
        "targets: found 1 row, wanted 4",
    ),
    "gradients of": (lambda: check_gradients(GRAPH, np.zeros(3), Batch(range(4), X, T)), "found 3 numbers"),
    "op": (lambda: check_op(Affine(), X, X, X, X), "found 4 inputs, wanted at most 3: x, w, b"),
    "node": (lambda: GRAPH["hidden9/w"], "found no “hidden9/w”, wanted one of x, t, hidden1/b"),
    "edit outside": (
        lambda: edit(Ref("hidden1/w", cell=(3, 0))),
        "found cell (3, 0), wanted a cell of 3 × 2",
    ),
    "edit from behind": (
        lambda: edit(Ref("hidden1/w", cell=(-1, 0))),
        "found cell (-1, 0), wanted a cell of",
    ),
    "edit of a row": (lambda: edit(Ref("x", cell=(), example=0)), "x: found cell (), wanted a cell of 2"),
    "edit of nobody": (lambda: edit(Ref("x", cell=(0,), example=4)), "found example 4, wanted 0 … 3"),
}


@pytest.mark.parametrize(("call", "message"), BAD.values(), ids=BAD.keys())
def test_says_what_was_found_and_what_was_wanted(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


def test_what_fits_is_taken():
    parameters = flat(GRAPH, FIT.items())
    assert timeline(parameters=parameters).record(0).loss == landscape(parameters=parameters).losses(
        np.zeros((1, 1))
    )
    assert timeline(targets=None, graph=build_network((2, 3, 1), loss=None).graph).length == 1
    assert sequences({"going": np.ones((2, 3))}).record(0).loss > 0.0
