"""The same networks in PyTorch: values, gradients and five updates."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.gradcheck import check_gradients
from nnviz.engine.graph import ConvolutionLayer, PoolingLayer
from nnviz.engine.ops import ACTIVATIONS
from nnviz.engine.ops.pooling import MaxPool
from nnviz.engine.optimizers import GradientDescent
from nnviz.engine.program import Program
from nnviz.engine.run import Batch, Record, State, drain, iterate
from tests.engine.map_networks import MAP_VARIANTS, build_map_network

torch = pytest.importorskip("torch")
functional = torch.nn.functional

PHI = {
    "identity": lambda z: z,
    "logistic": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": lambda z: torch.nn.functional.leaky_relu(z, 0.01),
    "softplus": lambda z: functional.softplus(z, threshold=1e9),
    "elu": functional.elu,
    "gelu": functional.gelu,
    "gelu_tanh": lambda z: functional.gelu(z, approximate="tanh"),
    "softmax": lambda z: torch.softmax(z, dim=1),
}
CASES = {
    "logistic": {},
    "tanh, mean": {"activations": "tanh", "mean": True},
    "relu, no half": {
        "activations": ("relu", "relu", "identity"),
        "half": False,
        "seed": 2,
        "learning_rate": 0.02,
    },
    "leaky relu": {"activations": ("leaky_relu", "leaky_relu", "identity"), "learning_rate": 0.02},
    "prelu": {"activations": "prelu", "learning_rate": 0.05, "seed": 3},
    "prelu, mean": {"activations": ("prelu", "logistic"), "widths": (3, 5, 2), "mean": True},
    "softplus": {"activations": "softplus"},
    "elu": {"activations": ("elu", "elu", "identity"), "learning_rate": 0.02},
    "gelu": {"activations": "gelu", "learning_rate": 0.02},
    "gelu, tanh": {"activations": "gelu_tanh", "learning_rate": 0.02},
    "identity": {"activations": "identity", "learning_rate": 0.02},
    "softmax, cross-entropy": {
        "widths": (3, 5, 4),
        "activations": ("tanh", "softmax"),
        "loss": "cross_entropy",
        "examples": 7,
    },
    "softmax, cross-entropy, mean": {
        "widths": (3, 4),
        "activations": "softmax",
        "loss": "cross_entropy",
        "mean": True,
    },
    "softmax, squared error": {"widths": (2, 3, 3), "activations": ("logistic", "softmax")},
    "softmax inside": {"widths": (2, 3, 3, 1), "activations": ("tanh", "softmax", "logistic")},
    "binary cross-entropy": {"widths": (2, 3, 2), "loss": "binary_cross_entropy"},
    "binary cross-entropy, mean": {"widths": (2, 3, 2), "loss": "binary_cross_entropy", "mean": True},
    "shared bias": {"bias": "shared"},
    "no bias": {"bias": "none"},
    "frozen": {"frozen": ("hidden1/w", "output/b")},
}


def forward(net, options, parameters):
    """Every z and a by scope, and E, written with PyTorch alone."""
    graph, batch = net.graph, net.batch
    names = options.get("activations", "logistic")
    phis = names if isinstance(names, tuple) else (names,) * len(graph.layers)
    a, values = torch.tensor(batch.inputs), {}
    for layer, phi in zip(graph.layers, phis, strict=True):
        z = a @ parameters[layer.w.scope].T
        if layer.b is not None:
            z = z + parameters[layer.b.scope]
        a = PHI[phi](z) if phi != "prelu" else functional.prelu(z, parameters[layer.slopes.scope])
        values |= {layer.z.scope: z, layer.a.scope: a}
    return values, loss(options, values, a, torch.tensor(batch.targets), net.graph.output.z.scope)


def loss(options, values, a, t, last):
    match options.get("loss", "squared_error"):
        case "cross_entropy":
            error = torch.nn.functional.cross_entropy(values[last], t, reduction="sum")
        case "binary_cross_entropy":
            error = torch.nn.functional.binary_cross_entropy(a, t, reduction="sum")
        case _:
            error = (0.5 if options.get("half", True) else 1.0) * ((t - a) ** 2).sum()
    return error / len(t) if options.get("mean") else error


@pytest.mark.parametrize("options", CASES.values(), ids=CASES.keys())
def test_the_same_as_pytorch(network, options):
    net = network(**options)
    start = net.moment(0)
    parameters = {
        node.scope: torch.tensor(np.array(start.array(node.scope).array), requires_grad=True)
        for node in net.graph.parameters
    }
    learning = [parameters[node.scope] for node in net.graph.parameters if node.is_trainable]
    optimizer = torch.optim.SGD(learning, lr=net.timeline.settings(0).learning_rate)
    for iteration in range(5):
        end = net.end(iteration)
        values, error = forward(net, options, parameters)
        for value in values.values():
            value.retain_grad()
        optimizer.zero_grad()
        error.backward()
        assert end.losses[iteration] == pytest.approx(error.item(), rel=1e-12)
        for scope, value in values.items():
            assert end.array(scope).array == pytest.approx(value.detach().numpy(), rel=1e-12, abs=1e-14)
            known = end.array(scope, "gradient")
            if known is not None:
                assert known.array == pytest.approx(value.grad.numpy(), rel=1e-10, abs=1e-13)
        for node in net.graph.parameters:
            known = end.array(node.scope, "gradient")
            assert (known is not None) == node.is_trainable
            if known is not None:
                assert known.array == pytest.approx(parameters[node.scope].grad.numpy(), rel=1e-10, abs=1e-13)
        optimizer.step()
    for scope, tensor in parameters.items():
        found = net.moment(0, 5).array(scope).array
        assert found == pytest.approx(tensor.detach().numpy(), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("name", ["softplus", "elu", "gelu", "gelu_tanh"])
def test_smooth_activations_and_slopes_from_tiny_to_huge_sums(name):
    z = np.concatenate([np.linspace(-12.0, 12.0, 481), [-700.0, -40.0, 40.0, 700.0]])
    op, tensor = ACTIVATIONS[name](), torch.tensor(z, requires_grad=True)
    wanted = PHI[name](tensor)
    wanted.sum().backward()
    y = op.forward(z)
    np.testing.assert_allclose(y, wanted.detach().numpy(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(op.derivative(y, z), tensor.grad.numpy(), rtol=1e-12, atol=1e-14)


def maps_forward(graph, parameters, a):
    """Every z, a and p of a network of maps by scope, written with PyTorch alone."""
    values = {}
    for layer in graph.layers:
        if isinstance(layer, PoolingLayer):
            op = layer.a.op
            a = (functional.max_pool2d if isinstance(op, MaxPool) else functional.avg_pool2d)(
                a, op.size, op.stride
            )
        else:
            w, b = parameters[layer.w.scope], parameters[layer.b.scope] if layer.b else None
            if isinstance(layer, ConvolutionLayer):
                op = layer.z.op
                a = functional.conv2d(a, w.flip(2, 3) if op.flipped else w, b, op.stride, op.padding)
            else:
                a = functional.linear(a.flatten(1), w, b)
            values[layer.z.scope] = a
            if layer.slopes is not None:
                a = functional.prelu(a, parameters[layer.slopes.scope])
            else:
                a = MAPS_PHI[type(layer.a.op).__name__](a)
        values[layer.a.scope] = a
    return values, a


MAPS_PHI = {
    "Identity": lambda z: z,
    "Logistic": torch.sigmoid,
    "Tanh": torch.tanh,
    "ReLU": torch.relu,
    "Softmax": PHI["softmax"],
}
MAPS = {
    name: options
    for name, options in MAP_VARIANTS.items()
    if not options.get("late") and options.get("loss", "squared_error")
}
EXACT = {"rtol": 1e-10, "atol": 1e-12}


@pytest.mark.parametrize("options", MAPS.values(), ids=MAPS.keys())
def test_networks_of_maps_are_the_same_as_in_pytorch(options):
    timeline, _ = build_map_network(**options)
    graph, program, data = timeline.graph, timeline.program, timeline.settings(0)
    timeline.ensure(5)
    start = timeline.state(0).parameters
    parameters = {
        node.scope: torch.tensor(
            start[graph.slices[node.index]].reshape(node.shape), requires_grad=node.is_trainable
        )
        for node in graph.parameters
    }
    learning = [parameters[node.scope] for node in graph.parameters if node.is_trainable]
    optimizer = torch.optim.SGD(learning, lr=data.learning_rate)
    for iteration in range(5):
        rows = list(timeline.rows(iteration))
        x, t = torch.tensor(data.inputs[rows]), torch.tensor(data.targets[rows])
        values, a = maps_forward(graph, parameters, x)
        for value in values.values():
            value.requires_grad_().retain_grad()
        error = loss(options, values, a, t, graph.output.z.scope)
        optimizer.zero_grad()
        error.backward()
        cells = timeline.record(iteration).cells
        assert timeline.loss(iteration) == pytest.approx(error.item(), rel=1e-12)
        for scope, tensor in (*values.items(), *parameters.items()):
            np.testing.assert_allclose(cells[graph[scope].index], tensor.detach().numpy(), **EXACT)
            gradient = cells[program.gradient(graph[scope])]
            if gradient is not None:
                np.testing.assert_allclose(gradient, tensor.grad.numpy(), **EXACT)
        assert all(
            cells[program.gradient(node)] is not None for node in graph.parameters if node.is_trainable
        )
        optimizer.step()


@pytest.mark.parametrize("mean", [False, True])
@pytest.mark.parametrize("loss_name", ["binary_cross_entropy", "cross_entropy"])
def test_a_saturated_output_has_the_loss_and_delta_of_torch(network, loss_name, mean):
    """Computed from z, as torch does, although the lesson writes logarithms and quotients of a."""
    z = np.array([[-700.0, -70.0], [-36.0, 1e-3], [20.0, 36.0], [40.0, 700.0], [700.0, -700.0]])
    t = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.25, 0.75], [0.0, 1.0]])
    activation = "logistic" if loss_name == "binary_cross_entropy" else "softmax"
    net = network((2, 2), activation, loss_name, mean=mean, bias="none")
    program = Program(net.graph, GradientDescent())
    record = Record(program, State(np.eye(2).ravel(), 0.1), Batch(range(5), z, t))
    drain(iterate(record))

    theirs = torch.tensor(z, requires_grad=True)
    if activation == "logistic":
        error = functional.binary_cross_entropy_with_logits(theirs, torch.tensor(t), reduction="sum")
    else:
        error = -(torch.tensor(t) * torch.log_softmax(theirs, dim=1)).sum()
    error = error / len(z) if mean else error
    error.backward()
    assert record.loss == pytest.approx(error.item(), rel=1e-14)
    delta = record.cells[program.gradient(net.graph.output.z)]
    np.testing.assert_allclose(delta, theirs.grad.numpy(), rtol=1e-12, atol=1e-15)
    assert all(check.agrees() for check in check_gradients(net.graph, np.eye(2).ravel(), record.batch))
