"""The three networks of the notes: layer by layer as their papers have them, and the notes' figures."""

from __future__ import annotations

import tomllib
from collections import Counter

import pytest
from pydantic import ValidationError

from nnviz.engine.census import Count
from nnviz.lessons.architecture_schema import ArchitectureFile
from nnviz.lessons.architectures import NAMES, ROWS, architecture, architectures, architectures_text
from nnviz.resources import resource

PAPER = {  # units, parameters, connections of each layer as the papers print them
    "lenet-1989": {
        "H1": (768, 1_068, 19_968),
        "H2": (192, 2_592, 38_592),
        "H3": (30, 5_790, 5_790),
        "Output": (10, 310, 310),
    },
    "lenet-1998": {
        "C1": (4_704, 156, 122_304),
        "S2": (1_176, 12, 5_880),
        "C3": (1_600, 1_516, 151_600),
        "S4": (400, 32, 2_000),
        "C5": (120, 48_120, 48_120),
        "F6": (84, 10_164, 10_164),
        "Output": (10, 0, 840),
    },
}
TOTALS = {
    "lenet-1989": Count(1_000, 9_760, 64_660),
    "lenet-1998": Count(8_094, 60_000, 340_908),
    "alexnet-2012": Count(659_272, 60_965_224, 725_066_088),
}
VERDICTS = {
    "lenet-1989": ["the same", "the same", "256 more", "the same", "the same, rounded"],
    "lenet-1998": ["the same", "differs", "10 less", "the same", "about 3k more"],
    "alexnet-2012": ["the same", "differs", "about 1k less", "about 1M less", "about 73M less"],
}
NETWORKS = {network.name: network for network in architectures()}


def tables(name):
    return tomllib.loads(resource("architectures", f"{name}.toml").read_text(encoding="utf-8"))


def read(content):
    return ArchitectureFile.model_validate(content)


@pytest.mark.parametrize("name", PAPER)
def test_layers_have_the_figures_of_the_paper(name):
    found = {
        one.name: (one.count.units, one.count.parameters, one.count.connections)
        for one in NETWORKS[name].layers
    }
    assert found == PAPER[name]


def test_the_convolutions_of_alexnet_have_the_sizes_of_its_paper():
    shapes = {one.name: one.output for one in NETWORKS["alexnet-2012"].layers}
    assert [shapes[f"Conv {i}"] for i in range(1, 6)] == [
        (96, 55, 55),
        (256, 27, 27),
        (384, 13, 13),
        (384, 13, 13),
        (256, 13, 13),
    ]
    assert shapes["Pool 5"] == (256, 6, 6)


@pytest.mark.parametrize("name", NAMES)
def test_totals(name):
    assert NETWORKS[name].total == TOTALS[name]


@pytest.mark.parametrize("name", NAMES)
def test_how_far_the_notes_are_apart(name):
    figures = NETWORKS[name].figures
    assert [figure.name for figure in figures] == list(ROWS)
    assert [figure.verdict for figure in figures] == VERDICTS[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_difference_is_explained(name):
    for figure in NETWORKS[name].figures:
        assert figure.agrees or figure.why, figure.heading


def test_without_groups_alexnet_has_the_parameters_its_explanation_names():
    content = tables("alexnet-2012")
    for layer in content["layers"]:
        layer.pop("reads", None)
    assert architecture("whole", read(content)).total.parameters == 62_378_344


def test_the_terms_of_alexnets_connections_are_its_convolutions_without_biases():
    convolutions = {
        one.name: one.count.connections - one.count.units
        for one in NETWORKS["alexnet-2012"].layers
        if one.name.startswith("Conv")
    }
    convolutions["Conv 1"] = 253_440 * 11 * 11 * 3
    assert tables("alexnet-2012")["notes"]["connections"]["terms"] == list(convolutions.values())


def test_every_map_below_c3_is_read_equally_often():
    reads = next(layer["reads"] for layer in tables("lenet-1998")["layers"] if layer["name"] == "C3")
    assert Counter(k for one in reads for k in one) == dict.fromkeys(range(6), 10)
    assert len({tuple(one) for one in reads}) == 16


def test_terms_that_do_not_make_the_figure_are_refused():
    content = tables("lenet-1998")
    content["notes"]["units"]["terms"][0] += 1
    with pytest.raises(ValidationError, match="add up to 8085, which does not round to 8084"):
        read(content)


@pytest.mark.parametrize(
    ("layer", "change", "message"),
    [
        (0, {"size": [40, 40]}, "C1: found a filter of 40 × 40 on maps of 32 × 32"),
        (2, {"reads": 7}, "C3: reads: found 7 maps, wanted at most 6"),
        (2, {"reads": [[0, 6]] * 16}, "C3: reads: wanted 16 lists of maps from 0 to 5"),
        (6, {"kind": "subsampling", "size": [2, 2]}, "Output: found 84 units below it, wanted maps"),
    ],
)
def test_a_layer_that_does_not_fit_is_named(layer, change, message):
    content = tables("lenet-1998")
    content["layers"][layer] |= change
    if change.get("kind"):
        del content["layers"][layer]["units"]
    with pytest.raises(ValueError, match=message):
        architecture("wrong", read(content))


def test_the_text_has_every_figure_and_fits_a_terminal():
    text = architectures_text()
    for network in architectures():
        assert network.title in text
        for figure in network.figures:
            assert figure.derived in text and f"{figure.published}: {figure.verdict}" in text
        for layer in network.layers:
            assert f"{layer.name}: {layer.kind}" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 100
    assert not any(line != line.rstrip() for line in text.splitlines())
