"""The picture of a network in a notebook."""

import os
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import pytest

from nnviz.engine import convolution, dense, lstm, max_pool, network
from nnviz.engine.notebook import PICTURES
from nnviz.ui.notebook import svg

ROOT = Path(__file__).resolve().parent.parent.parent
NETWORKS = {
    "dense": ([2, 3, 1], [[0.1, 0.9]], [[1]]),
    "maps": (
        [(1, 4, 4), convolution(1, 2), max_pool(3), 1],
        [[[[0, 0, 1, 1]] * 4]],
        [[1]],
    ),
    "steps": ([(2, 1), lstm(1), dense(1, every_step=False)], [[[1], [0]]], [[1]]),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_shows_what_is_computed_and_nothing_later(qapp, name):
    layers, inputs, targets = NETWORKS[name]
    net = network(layers, inputs=inputs, targets=targets)
    before = svg(net)
    net.forward()
    after = svg(net)
    for picture in (before, after):
        assert ElementTree.fromstring(picture).tag == "{http://www.w3.org/2000/svg}svg"
    answer = f"{net.array('output/a').flat[0]:.4f}"
    assert answer in _texts(after)
    assert answer not in _texts(before)


def _texts(picture):
    return [text.strip() for text in ElementTree.fromstring(picture).itertext() if text.strip()]


def test_digits_are_chosen(qapp):
    net = network([1, 1], inputs=[[0.5]], targets=[[1]])
    net.forward()
    assert f"{net['E']:.2f}" in _texts(svg(net, digits=2))


def test_the_engine_finds_it_by_its_entry_point():
    entries = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    module, _, name = entries[PICTURES]["window"].partition(":")
    assert getattr(import_module(module), name) is svg


def test_needs_no_screen():
    code = (
        "from nnviz.engine import network; from nnviz.ui.notebook import svg;"
        "print(svg(network([1, 1], inputs=[[1]], targets=[[1]]))[:5])"
    )
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    without = {name: value for name, value in os.environ.items() if name not in screens}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=without, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "<?xml"), done.stderr
