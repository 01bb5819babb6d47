"""Recurrent layers beside PyTorch: the same loss, the same gradients, in every form."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.run import Batch, Record, State, complete
from tests.engine.step_networks import CELLS, build_step_network

torch = pytest.importorskip("torch")

FORMS = {
    "every step": {},
    "at the end": {"every": False},
    "softmax": {"output": "softmax", "loss": "cross_entropy", "outputs": 3},
    "stacked": {"stacked": True},
    "mean, starts": {"mean": True, "starts": True},
    "different lengths": {"ends": True},
    "different lengths, at the end": {"ends": True, "every": False},
}


def gates_for_torch(cell, array):
    """PyTorch stands the input gate of an LSTM in front of the forget gate."""
    if cell != "lstm":
        return array
    f, *rest = np.split(array, 4)
    return np.concatenate([rest[0], f, *rest[1:]])


class Twin:
    """A network in PyTorch with the parameters of one of ours."""

    def __init__(self, cells, timeline):
        self.cells, self.graph = cells, timeline.graph
        parameters = timeline.state(0).parameters
        self.leaves = {}
        for node in self.graph.parameters:
            values = parameters[self.graph.slices[node.index]].reshape(node.shape)
            self.leaves[node.scope] = torch.tensor(values.copy(), requires_grad=True)

    def layer(self, number, cell, units, inputs):
        kind = {"simple": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell]
        module = kind(inputs, units, batch_first=True).double()
        scope = f"l{number}"
        bias = self.leaves[f"{scope}/b"]
        remembered = torch.zeros_like(bias)
        if cell == "gru":
            remembered = torch.cat([remembered[: 2 * units], self.leaves[f"{scope}/b_h"]])
        order = gates_for_torch(cell, np.arange(len(bias)))
        values = {
            "weight_ih_l0": self.leaves[f"{scope}/w_x"][order],
            "weight_hh_l0": self.leaves[f"{scope}/w_h"][order],
            "bias_ih_l0": bias[order],
            "bias_hh_l0": remembered[order],
        }
        return lambda x, start: torch.func.functional_call(module, values, (x, start))

    def states(self, x, given=None, lengths=None):
        for number, cell in enumerate(self.cells, 1):
            width = self.leaves[f"l{number}/w_h"].shape[1]
            run = self.layer(number, cell, width, x.shape[-1])
            starts = [
                torch.tensor((given or {}).get(f"l{number}/{name}_start", np.zeros((len(x), width))))
                for name in ("h", "c")
            ]
            start = tuple(one[None] for one in starts) if cell == "lstm" else starts[0][None]
            x, _ = run(x, start)
            if lengths is not None:  # states are held behind the end
                steps = torch.minimum(torch.arange(x.shape[1])[None], torch.tensor(lengths)[:, None] - 1)
                x = torch.gather(x, 1, steps[:, :, None].expand(-1, -1, x.shape[2]))
        return x

    def outputs(self, states):
        return states @ self.leaves["out/w"].T + self.leaves["out/b"]


def loss_of(twin, net, options, given, lengths):
    settings = net.settings(0)
    states = twin.states(torch.tensor(settings.inputs), given, lengths)
    z = twin.outputs(states if options.get("every", True) else states[:, -1])
    t = torch.tensor(settings.targets)
    if options.get("loss") == "cross_entropy":
        each = -(t * torch.log_softmax(z, -1)).sum(-1)
    else:
        each = 0.5 * ((t - torch.sigmoid(z)) ** 2).sum(-1)
    if lengths is not None and options.get("every", True):
        each = each * torch.tensor(settings.given["going"])
    return each.sum() / (len(t) if options.get("mean") else 1)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("cell", CELLS)
def test_the_same_as_pytorch(cell, form):
    options = dict(FORMS[form])
    cells = (cell, cell) if options.pop("stacked", False) else (cell,)
    net, _ = build_step_network(cells, steps=5, units=4, inputs=3, examples=3, seed=4, **options)
    record, given = net.record(0), net.settings(0).given
    lengths = given["going"].sum(axis=1).astype(int) if "going" in given else None
    twin = Twin(cells, net)
    loss = loss_of(twin, net, options, given, lengths)
    loss.backward()
    assert record.loss == pytest.approx(loss.item(), rel=1e-12)
    for scope, leaf in twin.leaves.items():
        gradient = record.cells[net.program.gradient(net.graph[scope])]
        assert np.abs(gradient - leaf.grad.numpy()).max() < 1e-10, scope


@pytest.mark.parametrize("cell", CELLS)
def test_truncated_backpropagation_carries_the_state_and_no_error(cell):
    """Two pieces, one after the other, beside PyTorch with a detached state."""
    net, _ = build_step_network(
        (cell,), steps=4, units=3, examples=4, batch_size=2, seed=2, plan={"carry": True}
    )
    net.ensure(1)
    first, second = net.record(0), net.record(1)
    twin = Twin((cell,), net)
    width = 3
    run = twin.layer(1, cell, width, 2)
    zero = torch.zeros((1, 2, width), dtype=torch.float64)
    x = torch.tensor(net.settings(0).inputs)
    with torch.no_grad():
        _, carried = run(x[:2], (zero, zero) if cell == "lstm" else zero)
    names = ("h", "c") if cell == "lstm" else ("h",)
    for name, state in zip(names, carried if cell == "lstm" else (carried,), strict=True):
        start = second.cells[net.graph[f"l1/{name}_start"].index]
        assert np.abs(start - state[0].numpy()).max() < 1e-12
        assert not first.cells[net.graph[f"l1/{name}_start"].index].any()
    for node in net.graph.parameters:  # the second piece starts from new weights
        new = second.state.parameters[net.graph.slices[node.index]].reshape(node.shape)
        twin.leaves[node.scope] = torch.tensor(new.copy(), requires_grad=True)
    states, _ = twin.layer(1, cell, width, 2)(x[2:], carried)
    t = torch.tensor(net.settings(0).targets[2:])
    loss = 0.5 * ((t - torch.sigmoid(twin.outputs(states))) ** 2).sum()
    loss.backward()
    assert second.loss == pytest.approx(loss.item(), rel=1e-12)
    for scope, leaf in twin.leaves.items():
        gradient = second.cells[net.program.gradient(net.graph[scope])]
        assert np.abs(gradient - leaf.grad.numpy()).max() < 1e-10, scope


def test_carried_states_are_replayed_exactly():
    options = {"steps": 3, "examples": 6, "batch_size": 2, "plan": {"carry": True}}
    net, _ = build_step_network(("lstm",), **options)
    net.extend(20)
    replayed, _ = build_step_network(("lstm",), **options | {"plan": {"carry": True, "budget": 1}})
    replayed.extend(20)
    for k in (0, 7, 13, 20):
        assert np.array_equal(net.state(k).parameters, replayed.state(k).parameters)
        assert np.array_equal(net.state(k).carried, replayed.state(k).carried)


@pytest.mark.parametrize("cell", CELLS)
def test_dropout_drops_the_same_units_at_every_step(cell):
    net, _ = build_step_network((cell,), steps=4, units=6, keep=0.5, examples=3, seed=1)
    record = net.record(0)
    mask = record.cells[net.graph["l1/mask"].index]
    states = record.cells[net.graph["l1/h"].index]
    assert mask.shape == (3, 6) and 0 < mask.sum() < 18
    assert (states[np.broadcast_to(mask[:, None] == 0, states.shape)] == 0).all()
    whole = Record(net.program, State(record.state.parameters, 0.1), Batch(range(3), *_data(net)))
    complete(whole)
    assert (whole.cells[net.graph["l1/h"].index] != 0).all()


def _data(net):
    return net.settings(0).inputs, net.settings(0).targets
