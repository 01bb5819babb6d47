"""A network of each family, built as in a notebook, and the same one in PyTorch: values and three updates."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine import average_pool, convolution, dense, gru, lstm, max_pool, network, rnn

torch = pytest.importorskip("torch")
nn = torch.nn

RATE = 0.3
X, T = np.array([[0.1, 0.9], [0.4, 0.2], [-0.7, 0.3]]), np.array([[1.0], [0.0], [1.0]])
IMAGES, CLASSES = np.sin(np.arange(72.0)).reshape(2, 1, 6, 6), np.eye(2)
SEQUENCES, ENDS = np.sin(np.arange(12.0)).reshape(2, 3, 2), np.array([[0.2], [0.8]])
EVERY = np.cos(np.arange(6.0)).reshape(2, 3, 1)


class Last(nn.Module):
    """The last state of a recurrent layer, or all of them."""

    def __init__(self, cell, every=False):
        super().__init__()
        self.cell, self.every = cell, every

    def forward(self, x):
        states = self.cell(x)[0]
        return states if self.every else states[:, -1]


def linear(inputs, units):
    return nn.Linear(inputs, units, dtype=torch.float64)


def cell(kind):
    return kind(2, 2, batch_first=True, dtype=torch.float64)


def conv(filters, size, **options):
    return nn.Conv2d(1, filters, size, dtype=torch.float64, **options)


FAMILIES = {
    "dense": (
        ([2, dense(3, "tanh"), 1], X, T),
        lambda: nn.Sequential(linear(2, 3), nn.Tanh(), linear(3, 1), nn.Sigmoid()),
    ),
    "convolution and max pooling": (
        ([(1, 6, 6), convolution(2, 3, "relu", stride=(1, 1), padding=1), max_pool(2), 2], IMAGES, CLASSES),
        lambda: nn.Sequential(
            conv(2, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), linear(18, 2), nn.Sigmoid()
        ),
    ),
    "convolution and average pooling": (
        (
            [(1, 6, 6), convolution(3, (2, 3), "tanh", stride=(2, 1)), average_pool((1, 2)), 2],
            IMAGES,
            CLASSES,
        ),
        lambda: nn.Sequential(
            conv(3, (2, 3), stride=(2, 1)),
            nn.Tanh(),
            nn.AvgPool2d((1, 2)),
            nn.Flatten(),
            linear(18, 2),
            nn.Sigmoid(),
        ),
    ),
    "rnn": (
        ([(3, 2), rnn(2), dense(1, every_step=False)], SEQUENCES, ENDS),
        lambda: nn.Sequential(Last(cell(nn.RNN)), linear(2, 1), nn.Sigmoid()),
    ),
    "rnn at every step": (
        ([(3, 2), rnn(2), dense(1, "tanh")], SEQUENCES, EVERY),
        lambda: nn.Sequential(Last(cell(nn.RNN), every=True), linear(2, 1), nn.Tanh()),
    ),
    "lstm": (
        ([(3, 2), lstm(2), dense(1, every_step=False)], SEQUENCES, ENDS),
        lambda: nn.Sequential(Last(cell(nn.LSTM)), linear(2, 1), nn.Sigmoid()),
    ),
    "gru": (
        ([(3, 2), gru(2), dense(1, every_step=False)], SEQUENCES, ENDS),
        lambda: nn.Sequential(Last(cell(nn.GRU)), linear(2, 1), nn.Sigmoid()),
    ),
}


def parameters_in(model, net):
    """The weights of the network by the names of PyTorch, whose gates stand in another order in an LSTM."""
    arrays = {node.scope: net.array(node.scope) for node in net.graph.parameters}
    layers = [layer for layer in net.graph.layers if layer.parameters]
    modules = [one for one in model.modules() if list(one.parameters(recurse=False))]
    for layer, module in zip(layers, modules, strict=True):
        given = {node.scope.rpartition("/")[2]: arrays[node.scope] for node in layer.parameters}
        if "w_h" not in given:
            yield from ((module.weight, given["w"]), (module.bias, given["b"]))
            continue
        yield module.weight_ih_l0, _as_gates(module, given["w_x"])
        yield module.weight_hh_l0, _as_gates(module, given["w_h"])
        rest = given.get("b_h", np.zeros(0))
        second = np.concatenate([np.zeros(len(given["b"]) - len(rest)), rest])
        yield module.bias_ih_l0, _as_gates(module, given["b"])
        yield module.bias_hh_l0, second


def _as_gates(module, rows):
    """Forget before input here, input before forget there."""
    if not isinstance(module, nn.LSTM):
        return rows
    f, i, g, o = np.split(rows, 4)
    return np.concatenate([i, f, g, o])


@pytest.mark.parametrize("family", FAMILIES)
def test_values_and_updates_are_those_of_pytorch(family):
    (layers, inputs, targets), build = FAMILIES[family]
    net = network(layers, inputs=inputs, targets=targets, learning_rate=RATE, seed=4)
    model = build()
    with torch.no_grad():
        for parameter, values in parameters_in(model, net):
            parameter.copy_(torch.tensor(np.array(values)))
    held = [p for one in model.modules() for n, p in one.named_parameters(recurse=False) if n == "bias_hh_l0"]
    x, t = torch.tensor(np.array(inputs)), torch.tensor(np.array(targets, dtype=float))
    for _ in range(3):
        net.backward()
        a = model(x)
        loss = 0.5 * ((t - a) ** 2).sum()
        model.zero_grad()
        loss.backward()
        assert net["E"] == pytest.approx(loss.item(), abs=1e-12)
        assert np.allclose(net.array("output/a"), a.detach().numpy(), rtol=0, atol=1e-12)
        _descend(model, held)
        net.train(1)
        for parameter, values in parameters_in(model, net):
            assert np.allclose(parameter.detach().numpy(), values, rtol=0, atol=1e-10)


def _descend(model, held):
    """One step of gradient descent; of two biases that are added up, what one learns is not learned twice."""
    with torch.no_grad():
        for parameter in model.parameters():
            if not any(parameter is one for one in held):
                parameter -= RATE * parameter.grad
            elif len(parameter) % 3 == 0:  # of a GRU, whose candidate multiplies its own
                parameter[4:] -= RATE * parameter.grad[4:]
