"""Gradients that are made shorter: by how much, in which direction, and when it is told."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.explain import explain
from nnviz.engine.ref import Part, Ref
from tests.engine.conftest import Network, build_network
from tests.engine.step_networks import build_step_network


def gradient_of(net, iteration=0):
    record = net.timeline.record(iteration)
    learning = [node for node in net.graph.parameters if node.is_trainable]
    return np.concatenate([np.ravel(record.cells[record.program.gradient(node)]) for node in learning])


@pytest.mark.parametrize("limit", [0.01, 0.3, 100.0])
def test_a_long_gradient_keeps_its_direction_and_gets_the_limit(limit):
    net = build_network(plan={"clip": limit})
    record = net.timeline.record(0)
    gradient = gradient_of(net)
    step = (record.state.parameters - record.cells[record.program.flat_new]) / record.state.learning_rate
    norm = np.linalg.norm(gradient)
    assert np.linalg.norm(step) == pytest.approx(min(norm, limit), rel=1e-12)
    assert step @ gradient == pytest.approx(np.linalg.norm(step) * norm, rel=1e-12)
    assert record.clipping.acts == (norm > limit)


def test_without_a_limit_nothing_is_clipped():
    net = build_network()
    assert net.timeline.record(0).clipping is None and net.end().clipping() is None
    assert net.timeline.program.parts_of_update(net.graph["output/w"]) == (Part.NEW,)


def test_the_same_as_pytorch():
    torch = pytest.importorskip("torch")
    net = Network(*build_step_network(("simple",), plan={"clip": 0.2}))
    record = net.timeline.record(0)
    gradient = torch.tensor(gradient_of(net))
    leaf = torch.tensor(record.state.parameters.copy(), requires_grad=True)
    leaf.grad = gradient
    torch.nn.utils.clip_grad_norm_([leaf], 0.2)
    new = record.state.parameters - record.state.learning_rate * leaf.grad.numpy()
    assert np.abs(new - record.cells[record.program.flat_new]).max() < 1e-7  # PyTorch adds 1e-6 to the length


def test_clipping_is_told_when_all_gradients_are_there():
    net = build_network(plan={"clip": 0.01})
    outline = net.walk.outline(0)
    due = outline.stage_of("hidden1/w", Part.GRADIENT).end
    assert net.moment(due - 1).clipping() is None
    assert net.moment(due).clipping().acts


def test_clipping_is_shown_where_it_acts():
    end = build_network(plan={"clip": 0.01}).end()
    told = explain(end, Ref("output/w", Part.TOTAL, (0, 0)))
    assert "longer than 0.01" in told.narration and len(told.equations) == 1
    gentle = build_network(plan={"clip": 100.0}).end()
    assert "stay as they are" in explain(gentle, Ref("output/w", Part.TOTAL, (0, 0))).narration


def test_a_clipped_weight_explains_itself_one_iteration_later():
    net = build_network(plan={"clip": 0.01})
    net.timeline.ensure(1)
    ref = Ref("output/w", Part.VALUE, (0, 0))
    assert explain(net.moment(0, 1), ref).equations
