"""The door for notebooks: built in a line, stepped, read, edited, trained, and refused with a message."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nnviz.engine
from nnviz.engine import (
    ACTIVATIONS,
    INITIALIZERS,
    OPTIMIZERS,
    AddressError,
    Conventions,
    GraphError,
    Initial,
    NotComputedError,
    Order,
    average_pool,
    convolution,
    dense,
    gru,
    lstm,
    max_pool,
    network,
    rnn,
)
from nnviz.engine.gradcheck import check_gradients
from nnviz.engine.ops import PReLU

ROOT = Path(__file__).resolve().parent.parent.parent
X, T = [[0.1, 0.9], [0.4, 0.2]], [[1.0], [0.0]]
IMAGES, CLASSES = np.arange(72.0).reshape(2, 1, 6, 6) / 72, [[1, 0], [0, 1]]
SEQUENCES, ENDS = np.sin(np.arange(12.0)).reshape(2, 3, 2), [[0.2], [0.8]]
FAMILIES = {
    "dense": ([2, dense(3, "tanh"), 1], X, T),
    "maps": ([(1, 6, 6), convolution(2, 3, "tanh"), average_pool(2), 2], IMAGES, CLASSES),
    "max pooling": (
        [(1, 6, 6), convolution(2, (2, 3), "relu", padding=(0, 1)), max_pool(), 2],
        IMAGES,
        CLASSES,
    ),
    "rnn": ([(3, 2), rnn(2), dense(1, every_step=False)], SEQUENCES, ENDS),
    "lstm": ([(3, 2), lstm(2), dense(1, every_step=False)], SEQUENCES, ENDS),
    "gru": ([(3, 2), gru(2), dense(1, every_step=False)], SEQUENCES, ENDS),
}


@pytest.fixture
def net():
    """2-3-1 with two examples."""
    return network([2, 3, 1], "logistic", inputs=X, targets=T)


@pytest.fixture(params=FAMILIES)
def of_family(request):
    layers, inputs, targets = FAMILIES[request.param]
    return network(layers, inputs=inputs, targets=targets)


# Steps


def test_the_three_passes_end_where_they_say(net):
    with pytest.raises(NotComputedError, match=r"z\[3\] is not computed yet: .* forward pass"):
        net["z[3]"]
    net.forward()
    assert 0 < net["a[6]"] < 1
    assert net["E"] > 0
    with pytest.raises(NotComputedError, match="backward pass"):
        net["delta[6]"]
    net.backward()
    assert net["delta[6]"] != 0
    with pytest.raises(NotComputedError, match="update pass"):
        net["w_new[3,1]"]
    net.update()
    assert net["w_new[3,1]"] == pytest.approx(net["w[3,1]"] - 0.1 * net["dw[3,1]"], abs=1e-15)
    new = net["w_new[3,1]"]
    net.forward()
    assert (net.iteration, net["w[3,1]"]) == (2, new)


def test_every_step_of_a_pass_explains_itself(of_family):
    for steps in (of_family.forward(), of_family.backward(), of_family.update()):
        assert len(steps) > 0
        for told in steps:
            assert told.narration
            assert str(told)
        assert str(steps).startswith(str(steps[0]))
        assert repr(steps[1:]) in repr(steps) or len(steps) > 41


def test_a_pass_can_be_left_out_and_is_gone_through_at_other_depths(net):
    assert len(net.backward("layer")) == len({told.crumbs for told in net.backward("layer")})
    assert net.iteration == 2
    assert len(net.update("pass")) == 1
    assert net.iteration == 2
    assert [told.crumbs[0] for told in net.forward("term")][:1] == ["Iteration 3"]


def test_back_is_the_way_there_again(of_family):
    places = [of_family.moment.cursor]
    for _ in range(12):
        of_family.step()
        places.append(of_family.moment.cursor)
    for place in reversed(places[:-1]):
        of_family.back()
        assert of_family.moment.cursor == place


def test_long_passes_are_cut_short_when_printed():
    net = network([2, 60, 1], inputs=X, targets=T)
    steps = net.forward()
    assert len(steps) == 62
    assert repr(steps).endswith("… and 22 steps more")
    assert steps._repr_html_().count("<small>") == 40


# Numbers


@pytest.mark.parametrize(
    ("address", "value"),
    [("w[3,1]", 0.5), ("w[6,0]", -1), ("b[4]", 0.25), ("x[2]", 0.75), ("t[6]", 0.5), ("alpha", 0.3)],
)
def test_a_number_is_changed_and_what_follows_is_computed_anew(net, address, value):
    net.update()
    before = {one: net[one] for one in (address, "E", "w_new[6,4]")}
    net[address] = value
    assert net[address] == value
    assert net["w_new[6,4]"] != before["w_new[6,4]"]
    net.undo()
    assert {one: net[one] for one in before} == before


def test_numbers_of_another_example(net):
    net.backward()
    assert net["x[1]", 2] == 0.4
    shares = [net["dw[3,1]", example] for example in (1, 2)]
    assert net["dw[3,1]"] == pytest.approx(sum(shares), abs=1e-16)
    net["x[1]", 2] = 0.8
    assert (net["x[1]"], net["x[1]", 2]) == (0.1, 0.8)
    net.example = 2
    assert (net["x[1]"], net.example) == (0.8, 2)
    assert net.explain(("delta[6]", 1)).crumbs[-1] == "δ of neuron 6, d1"


def test_whole_arrays_are_copies(net):
    net.forward()
    weights = net.array("hidden1/w")
    weights[0, 0] = 99
    assert net["w[3,1]"] != 99
    assert net.array("output/z").shape == (2, 1)
    assert net.array("hidden1/w", "gradient") is None


def test_data_is_a_copy_and_may_be_given_later_and_again():
    net = network([2, 3, 1])
    rows = np.array(X)
    net.give(rows, T)
    rows[0, 0] = 99
    assert net["x[1]"] == 0.1
    net.train(3)
    weight = net["w[3,1]"]
    net["alpha"] = 0.5
    net.give([[1, 0]], [[1]])
    assert (net.iteration, net["w[3,1]"], net["alpha"]) == (1, weight, 0.5)


# Far moves


def test_seek_is_the_same_as_running_there(of_family):
    of_family.train(5)
    losses, weights = of_family.losses, of_family.array(of_family.graph.parameters[-1].scope)
    of_family.seek(2)
    of_family.seek(6)
    assert of_family.losses == losses
    assert np.array_equal(of_family.array(of_family.graph.parameters[-1].scope), weights)


def test_seek_to_a_number_and_to_the_end(net):
    net.seek(4, at="delta[6]")
    assert net["delta[6]"]
    with pytest.raises(NotComputedError):
        net["delta[5]"]
    net.seek(1, at="end", example=2)
    assert (net["w_new[3,1]"] is not None, net.example) == (True, 2)


def test_training_lowers_the_error(of_family):
    first = of_family.losses[0]
    assert of_family.train(50) < first
    assert of_family.iteration == 51


def test_gradients_of_every_family(of_family):
    timeline = of_family.timeline
    batch = timeline.record(0).batch
    check_gradients(of_family.graph, timeline.state(0).parameters, batch)


# First weights and choices


@pytest.mark.parametrize("method", INITIALIZERS)
def test_first_weights_come_from_the_seed_alone(method):
    def weights(seed, *first):
        layers = [(3, 2), lstm(2), rnn(3), dense(2, *first), dense(1, PReLU())]
        layers[-2:] = [dense(1, every_step=False)]
        made = network(layers, initial=method, seed=seed, inputs=SEQUENCES, targets=ENDS)
        return np.concatenate([made.array(node.scope).ravel() for node in made.graph.parameters])

    assert np.array_equal(weights(1), weights(1))
    assert np.array_equal(weights(1), weights(2)) == (method == "constant")


def test_what_is_listed_is_not_drawn_and_changes_nothing_else():
    listed = network([2, dense(3, w=np.ones((3, 2))), 1], inputs=X, targets=T)
    drawn = network([2, 3, 1], inputs=X, targets=T)
    assert listed["w[4,2]"] == 1
    assert listed["w[6,3]"] == drawn["w[6,3]"]


def test_slopes_that_are_learned_start_where_their_function_says():
    net = network([2, dense(2, "prelu"), dense(1, "prelu", slopes=[0.5])], inputs=X, targets=T)
    assert (net["lambda[3]"], net["lambda[5]"]) == (PReLU().start, 0.5)


def test_biases_may_all_start_alike():
    net = network([2, 2, 1], initial=Initial("normal", deviation=2, bias=0.25), inputs=X, targets=T)
    assert (net["b[3]"], net["b[5]"]) == (0.25, 0.25)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_by_name(optimizer):
    net = network([2, 1], "identity", inputs=X, targets=T, optimizer=optimizer)
    net.train(3)
    assert net.timeline.optimizer == OPTIMIZERS[optimizer]()


@pytest.mark.parametrize("activation", sorted(set(ACTIVATIONS) - {"threshold"}))
def test_every_activation_by_name(activation):
    net = network([2, dense(3, activation), 1], inputs=X, targets=T)
    assert isinstance(net.graph.layers[0].a.op, ACTIVATIONS[activation])
    net.update()


def test_conventions_are_those_of_lessons():
    choices = Conventions(False, "mean", "shared", delta="negative_gradient", backward_weights="new")
    net = network([2, 2, 1], inputs=X, targets=T, conventions=choices)
    net.backward()
    a, t = net["a[5]"], net["t[5]"]
    assert net["delta[5]"] == pytest.approx((t - a) * a * (1 - a), abs=1e-15)  # ×2 without the half, ÷2 mean
    assert net.graph["hidden1/b"].shape == (1,)


def test_plan_goes_to_the_timeline():
    net = network([2, 1], inputs=X, targets=T, batch_size=1, order=Order("shuffled", 3), clip=0.1)
    assert (net.timeline.batch_size, net.timeline.order.method) == (1, "shuffled")


def test_names_of_layers():
    net = network([2, dense(2, name="Encoder 2"), 2, 2, dense(1, name="Answer")])
    assert [one.scope for one in net.graph.layers] == ["encoder2", "hidden2", "hidden3", "answer"]
    assert [one.title for one in net.graph.layers][::3] == ["Encoder 2", "Answer"]


def test_without_a_loss_there_is_a_forward_pass_only():
    net = network([2, dense(1, "threshold")], loss=None, inputs=X)
    assert len(net.forward()) == 1
    assert net.losses == []
    with pytest.raises(GraphError, match="no backward pass"):
        net.backward()
    with pytest.raises(GraphError, match="ends with iteration 1"):
        net.train(1)


# What is refused

W = np.ones((2, 3))  # of three units that read two inputs it is the transpose
REFUSED = {
    "transposed": (lambda: network([2, dense(3, w=W), 1]), "hidden1/w: found 2 × 3, wanted 3 × 2"),
    "a bias too many": (lambda: network([2, dense(3, b=[1, 2]), 1]), "hidden1/b: found 2 numbers, wanted 3"),
    "a number for a row": (lambda: network([2, dense(3, w=1.0), 1]), "hidden1/w: found a single number"),
    "ragged": (lambda: network([2, dense(2, w=[[1, 2], [3]])]), "output/w: found rows of 1 and 2, wanted"),
    "words": (lambda: network([2, dense(1, w="many")]), "output/w: found what is no number"),
    "not finite": (lambda: network([2, dense(1, b=[np.nan])]), "output/b: found nan, wanted finite"),
    "slopes": (
        lambda: network([2, dense(1, slopes=[1])]),
        "found parameter “output/lambda”, wanted output/b",
    ),
    "gates": (
        lambda: network([(3, 2), lstm(2, w_x=np.ones((2, 2))), 1]),
        "lstm1/w_x: found 2 × 2, wanted 8 × 2",
    ),
    "filters": (
        lambda: network([(1, 6, 6), convolution(2, 3, w=np.ones((2, 3, 3))), 1]),
        "conv1/w: found 2 × 3 × 3, wanted 2 × 1 × 3 × 3",
    ),
    "activation": (
        lambda: network([2, 1], "sigmoid"),
        "activation: found “sigmoid”, wanted one of tanh, relu",
    ),
    "close": (lambda: network([2, 1], "logistics"), "did you mean logistic?"),
    "of a layer": (lambda: network([2, dense(3, "tan"), 1]), "hidden1: activation: found “tan”, wanted one"),
    "loss": (lambda: network([2, 1], loss="mse"), "loss: found “mse”, wanted one of squared_error"),
    "optimizer": (lambda: network([2, 1], optimizer="sgd"), "optimizer: found “sgd”, wanted one of gradient"),
    "initial": (lambda: network([2, 1], initial="zeros"), "initial: found “zeros”, wanted one of glorot"),
    "softmax": (
        lambda: network([2, 2], loss="cross_entropy"),
        "needs an output layer with activation softmax",
    ),
    "no inputs": (lambda: network([dense(3), 1]), "layers: found a layer in front, wanted the shape"),
    "no layers": (lambda: network([2]), "layers: found [2], wanted the shape of one example"),
    "text": (lambda: network("2-3-1"), "layers: found '2-3-1', wanted the shape"),
    "no unit": (lambda: network([2, 0, 1]), "hidden1: found units 0, wanted 1 or more"),
    "half a unit": (lambda: network([2, 2.5, 1]), "hidden1: units: found 2.5, wanted a whole number"),
    "a shape inside": (lambda: network([2, (3, 3), 1]), "layer 1: found (3, 3), wanted a number of units"),
    "four axes": (lambda: network([(1, 2, 3, 4), 1]), "layers: found inputs (1, 2, 3, 4), wanted n, (steps"),
    "no maps": (lambda: network([2, convolution(1, 2), 1]), "conv1: found 2 units in x, wanted maps"),
    "no sequence": (lambda: network([2, gru(2), 1]), "gru1: found no sequence in x, wanted steps of units"),
    "too large": (lambda: network([(1, 2, 2), convolution(1, 3), 1]), "conv1: found a filter of 3 × 3"),
    "three sides": (lambda: network([(1, 2, 2), max_pool((1, 2, 3)), 1]), "pool1: found size (1, 2, 3)"),
    "kept": (lambda: network([2, dense(3, keep=1.5), 1]), "hidden1: "),
    "same name": (
        lambda: network([2, dense(1, name="A"), dense(1, name="A")]),
        "a/b: there is a node of this",
    ),
    "batch": (lambda: network([2, 1], batch_size=0), "batch_size: found 0, wanted 1 or more"),
    "rate": (lambda: network([2, 1], learning_rate="fast"), "learning_rate: found what is no number"),
    "columns": (lambda: network([3, 1], inputs=X, targets=T), "inputs: found 2 × 2, wanted 2 × 3"),
    "rows": (
        lambda: network([2, 1], inputs=X, targets=[[1]]),
        "targets: found 1 row, wanted 2, one an input",
    ),
    "one column": (
        lambda: network([2, 1], inputs=X, targets=[1, 0]),
        "targets: found 2 numbers, wanted 2 × 1",
    ),
    "one example": (lambda: network([2, 1], inputs=[0.1, 0.9], targets=[[1]]), "inputs: found 2 numbers"),
    "no targets": (lambda: network([2, 1], inputs=X), "targets: found no targets, wanted them"),
    "targets": (
        lambda: network([2, 1], loss=None, inputs=X, targets=T),
        "a network without a loss, wanted none",
    ),
    "no example": (lambda: network([2, 1], inputs=[], targets=[]), "inputs: found no examples"),
    "no data": (lambda: network([2, 1]).forward(), "found no data, wanted give(inputs, targets)"),
    "state": (
        lambda: network([(3, 2), rnn(1), 1]).give(SEQUENCES, np.ones((2, 3, 1)), {"rnn1/h": [[1], [1]]}),
        "found given “rnn1/h”, wanted rnn1/h_start",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_in_a_sentence(case):
    build, message = REFUSED[case]
    with pytest.raises(GraphError) as refused:
        build()
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("act", "kind", "message"),
    [
        (lambda net: net["w[3,7]"], AddressError, "w[3,7]: "),
        (lambda net: net["weight[3]"], AddressError, "found “weight”, wanted one of"),
        (lambda net: net["x[1]", 3], GraphError, "example: found 3, wanted 1 … 2"),
        (lambda net: net.__setitem__("a[3]", 1), ValueError, "of neuron 3 is computed"),
        (lambda net: net.__setitem__("w[3,1]", "much"), GraphError, "w[3,1]: found what is no number"),
        (lambda net: net.__setitem__("w[3,1]", [1, 2]), GraphError, "w[3,1]: found 2 numbers"),
        (lambda net: net.__setitem__("w[3,1]", np.inf), GraphError, "w[3,1]: found inf"),
        (lambda net: net.seek(0), GraphError, "iteration: found 0, wanted 1 or more"),
        (
            lambda net: net.seek(1, at="x[1]"),
            GraphError,
            "found “x[1]”, which no step of an iteration computes",
        ),
        (lambda net: net.step("neurons"), GraphError, "did you mean neuron?"),
        (lambda net: net.step("map"), GraphError, "depth: found “map”, wanted one of term, neuron, layer"),
        (lambda net: net.array("hidden/w"), GraphError, "node: found “hidden/w”, wanted one of"),
        (lambda net: net.array("hidden1/w", "slopes"), GraphError, "part: found “slopes”"),
        (lambda net: net.train(-1), GraphError, "iterations: found -1, wanted 0 or more"),
        (lambda net: net.undo(), GraphError, "undo: found no change"),
        (lambda net: setattr(net, "example", 3), GraphError, "example: found 3, wanted 1 … 2"),
    ],
)
def test_moves_and_numbers_that_are_refused(net, act, kind, message):
    net.forward()
    place = net.moment.cursor
    with pytest.raises(kind) as refused:
        act(net)
    assert message in str(refused.value)
    assert net.moment.cursor == place


def test_an_example_that_an_iteration_does_not_work_on():
    net = network([2, 1], inputs=X, targets=T, batch_size=1)
    with pytest.raises(GraphError, match="iteration 1 does not work on example 2"):
        net.example = 2
    net.seek(2, example=2)
    assert net.example == 2


def test_a_run_that_overflows_says_where_it_ends():
    net = network([2, 2, 1], "identity", inputs=[[1e3, 1e3]], targets=[[0]], learning_rate=1e9)
    with pytest.raises(GraphError, match="this run ends with iteration"):
        net.train(500)


# In a notebook


def test_a_network_says_what_it_is(net):
    assert repr(net) == "<Network: x 2, hidden1 3, output 1; 13 parameters; iteration 1>"
    assert "no data" in repr(network([2, 1]))


def test_a_picture_comes_from_whoever_draws_one(net, monkeypatch):
    class Entry:
        def __init__(self, draw):
            self.draw = draw

        def load(self):
            if self.draw is None:
                raise ImportError("no window here")
            return self.draw

    found = [Entry(None), Entry(lambda network: f"<svg>{network.iteration}</svg>")]
    monkeypatch.setattr("nnviz.engine.notebook.entry_points", lambda group: found)
    assert net._repr_svg_() == "<svg>1</svg>"
    monkeypatch.setattr("nnviz.engine.notebook.entry_points", lambda group: found[:1])
    assert net._repr_svg_() is None
    assert network([2, 1])._repr_svg_() is None


def test_public_names_are_there_and_cost_nothing_until_they_are_asked_for():
    assert all(hasattr(nnviz.engine, name) for name in nnviz.engine.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'model'"):
        nnviz.engine.model  # noqa: B018
    code = "import sys, nnviz.engine.ref; print(sum(m.startswith('nnviz.engine.') for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) == 1


def test_the_examples_of_the_documentation_are_true():
    parser, text = doctest.DocTestParser(), (ROOT / "docs" / "engine.md").read_text("utf-8")
    assert len(parser.get_examples(text)) >= 10
    found = doctest.testfile(str(ROOT / "docs" / "engine.md"), module_relative=False)
    assert found.failed == 0
