"""Names, addresses and captions of numbers in rows and columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine.addresses import AddressError
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.notation import Notation
from nnviz.engine.notation_maps import MapNotation
from nnviz.engine.ops import Identity, ReLU
from nnviz.engine.ops.pooling import MaxPool
from nnviz.engine.ref import LEARNING_RATE, PADDING_ZERO, Part, Ref
from nnviz.engine.typeset import name_text

PARTS = {
    "z": (Part.VALUE, Part.DELTA, Part.GRADIENT),
    "a": (Part.VALUE, Part.GRADIENT, Part.SLOPE),
    "p": (Part.VALUE, Part.GRADIENT),
}
WEIGHT_PARTS = (Part.VALUE, Part.GRADIENT, Part.NEW)


def build(image, *, filters=(2,), pools=True, dense=(3,), bias=True, rows=2, columns=2):
    """Convolutions, each with a pool of stride 1 behind it, then dense layers and a target for the last."""
    builder = GraphBuilder()
    x = inputs = builder.given("x", image)
    target = builder.given("t", (dense[-1],)) if dense else None
    for number, count in enumerate(filters, 1):
        size = (min(rows, x.shape[1]), min(columns, x.shape[2]))
        x = builder.convolution(x, count, size, ReLU(), f"conv{number}", f"Conv {number}", bias=bias).a
        if pools:
            pool = MaxPool((1, min(2, x.shape[2])), (1, 1))
            x = builder.pooling(x, pool, f"pool{number}", f"Pool {number}").a
    for number, units in enumerate(dense, 1):
        x = builder.dense(x, units, Identity(), f"dense{number}", f"Dense {number}", bias=bias).a
    return builder.graph(inputs, target)


def addressable(graph):
    """Every number that a lesson can name."""
    yield from (LEARNING_RATE, Ref("loss"))
    for node in graph.nodes:
        role = node.scope.rpartition("/")[2]
        parts = WEIGHT_PARTS if node.is_parameter else PARTS.get(role, (Part.VALUE,))
        if graph.target is not None and node is graph.output.a:
            parts = (*parts, Part.ERROR)
        yield from (Ref(node.scope, part, cell) for cell in np.ndindex(node.shape) for part in parts)


graphs = st.builds(
    build,
    st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(3, 4)),
    filters=st.lists(st.integers(1, 3), min_size=0, max_size=2).map(tuple),
    pools=st.booleans(),
    dense=st.lists(st.integers(1, 3), max_size=2).map(tuple),
    bias=st.booleans(),
    rows=st.integers(1, 2),
).filter(lambda graph: graph.layers)


@settings(max_examples=60, deadline=None)
@given(graphs)
def test_parse_is_the_inverse_of_address_and_no_two_numbers_share_a_name(graph):
    notation = Notation(graph)
    assert notation.numbering == "layer"
    addresses, names = {}, {}
    for ref in addressable(graph):
        address = notation.address(ref)
        assert notation.parse(address) == ref, address
        assert notation.parse(f"  {address} ".replace("[", " [ ").replace(",", " , ")) == ref
        assert notation.caption(ref)
        addresses.setdefault(address, []).append(ref)
        names.setdefault((notation.name(ref), ref.scope == "t"), []).append(ref)
    assert [refs for refs in addresses.values() if len(refs) > 1] == []
    assert [refs for refs in names.values() if len(refs) > 1] == []


IMAGE = build((1, 6, 6), filters=(1,), pools=False, dense=(), rows=3, columns=3)
FILTERS = build((1, 6, 6), filters=(3,), pools=False, dense=(), rows=3, columns=3)
RGB = build((3, 3, 3), filters=(1,), pools=False, dense=())
CNN = build((1, 6, 6), filters=(2,), dense=(3,))
DEEP = build((1, 6, 6), filters=(2, 3), dense=(3,))
SEQUENCE = build((1, 1, 6), filters=(1,), pools=False, dense=())
SEQUENCES = build((2, 1, 6), filters=(2,), dense=(3,))


@pytest.mark.parametrize(
    ("graph", "address", "ref", "name", "caption"),
    [
        (IMAGE, "x[3,1]", Ref("x", cell=(0, 3, 1)), "x₃,₁", "pixel (3,1)"),
        (IMAGE, "z[conv1,1,2,0]", Ref("conv1/z", cell=(0, 2, 0)), "z₂,₀", "z of cell (2,0) of Conv 1"),
        (IMAGE, "w[conv1,1,1,0,1]", Ref("conv1/w", cell=(0, 0, 0, 1)), "w₀,₁", "weight (0,1) of the filter"),
        (IMAGE, "b[conv1,1]", Ref("conv1/b", cell=(0,)), "b", "bias of the filter"),
        (
            FILTERS,
            "a[conv1,2,2,0]",
            Ref("conv1/a", cell=(1, 2, 0)),
            "a₂,₀⁽²⁾",
            "a of cell (2,0) of map 2 (vertical) of Conv 1",
        ),
        (
            FILTERS,
            "w[conv1,2,1,0,1]",
            Ref("conv1/w", cell=(1, 0, 0, 1)),
            "w₀,₁⁽²⁾",
            "weight (0,1) of filter 2 (vertical)",
        ),
        (FILTERS, "b_new[conv1,3]", Ref("conv1/b", Part.NEW, (2,)), "b₃ⁿᵉʷ", "new bias of filter 3"),
        (RGB, "x[2,0,1]", Ref("x", cell=(1, 0, 1)), "x₀,₁^(green)", "pixel (0,1), green"),
        (
            RGB,
            "w[conv1,1,3,0,1]",
            Ref("conv1/w", cell=(0, 2, 0, 1)),
            "w₀,₁^(blue)",
            "weight (0,1) of the filter, blue",
        ),
        (
            CNN,
            "delta[conv1,2,4,4]",
            Ref("conv1/z", Part.DELTA, (1, 4, 4)),
            "δ₄,₄⁽²⁾",
            "δ of cell (4,4) of map 2 (vertical) of Conv 1",
        ),
        (
            CNN,
            "p[pool1,1,0,3]",
            Ref("pool1/p", cell=(0, 0, 3)),
            "p₀,₃⁽¹⁾",
            "p of cell (0,3) of map 1 of Pool 1",
        ),
        (
            CNN,
            "dp[pool1,1,0,3]",
            Ref("pool1/p", Part.GRADIENT, (0, 0, 3)),
            "∂E/∂p₀,₃⁽¹⁾",
            "∂E/∂p of cell (0,3) of map 1 of Pool 1",
        ),
        (
            CNN,
            "slope[conv1,1,0,0]",
            Ref("conv1/a", Part.SLOPE, (0, 0, 0)),
            "∂a₀,₀⁽¹⁾/∂z₀,₀⁽¹⁾",
            "slope of φ at z of cell (0,0) of map 1 of Conv 1",
        ),
        (
            CNN,
            "dw[conv1,2,1,0,1]",
            Ref("conv1/w", Part.GRADIENT, (1, 0, 0, 1)),
            "∂E/∂w₀,₁^(1,2)",
            "∂E/∂w, weight (0,1) of filter 2 (vertical)",
        ),
        (
            CNN,
            "db[conv1,2]",
            Ref("conv1/b", Part.GRADIENT, (1,)),
            "∂E/∂b₂",
            "∂E/∂b, bias of filter 2 (vertical)",
        ),
        (
            CNN,
            "w[dense1,3,22]",
            Ref("dense1/w", cell=(2, 21)),
            "w₃,₂₂⁽³⁾",
            "weight 22 to 3, from cell (0,1) of map 2 (vertical) of Pool 1",
        ),
        (CNN, "w[dense1,3,0]", Ref("dense1/b", cell=(2,)), "w₃,₀⁽³⁾", "bias of 3"),
        (CNN, "a[dense1,3]", Ref("dense1/a", cell=(2,)), "a₃⁽³⁾", "a of neuron 3 of Dense 1 (class blue)"),
        (CNN, "t[dense1,1]", Ref("t", cell=(0,)), "t₁⁽³⁾", "target of neuron 1 of Dense 1 (class red)"),
        (
            DEEP,
            "z[conv2,3,0,1]",
            Ref("conv2/z", cell=(2, 0, 1)),
            "z₀,₁^(3,3)",
            "z of cell (0,1) of map 3 of Conv 2",
        ),
        (
            DEEP,
            "w[conv2,3,2,0,1]",
            Ref("conv2/w", cell=(2, 1, 0, 1)),
            "w₀,₁^(3,3←2)",
            "weight (0,1) of filter 3 of Conv 2, map 2",
        ),
        (DEEP, "b[conv2,3]", Ref("conv2/b", cell=(2,)), "b₃⁽³⁾", "bias of filter 3 of Conv 2"),
        (SEQUENCE, "x[4]", Ref("x", cell=(0, 0, 4)), "x₄", "value 4"),
        (SEQUENCE, "z[conv1,1,2]", Ref("conv1/z", cell=(0, 0, 2)), "z₂", "z of cell 2 of Conv 1"),
        (SEQUENCE, "w[conv1,1,1,0]", Ref("conv1/w", cell=(0, 0, 0, 0)), "w₀", "weight 0 of the filter"),
        (SEQUENCES, "x[2,4]", Ref("x", cell=(1, 0, 4)), "x₄^(green)", "value 4, green"),
        (
            SEQUENCES,
            "z[conv1,2,2]",
            Ref("conv1/z", cell=(1, 0, 2)),
            "z₂^(1,2)",
            "z of cell 2 of map 2 (vertical) of Conv 1",
        ),
    ],
)
def test_address_name_and_caption(graph, address, ref, name, caption):
    channels = ("red", "green", "blue")
    maps = MapNotation(graph, channels, {"conv1": ("", "vertical", "")})
    notation = Notation(graph, maps=maps, class_names=channels)
    assert notation.parse(address) == ref
    assert notation.address(ref) == address
    assert name_text(notation.name(ref)) == name
    assert notation.caption(ref) == caption


@pytest.mark.parametrize(
    ("graph", "address", "same"),
    [
        (IMAGE, "x[1,3,1]", "x[3,1]"),
        (SEQUENCE, "x[0,4]", "x[4]"),
        (SEQUENCE, "x[1,0,4]", "x[4]"),
        (SEQUENCE, "z[conv1,1,0,2]", "z[conv1,1,2]"),
        (SEQUENCE, "w[conv1,1,1,0,1]", "w[conv1,1,1,1]"),
        (SEQUENCES, "x[2,0,4]", "x[2,4]"),
    ],
)
def test_what_may_be_left_away_may_also_be_written(graph, address, same):
    assert Notation(graph).parse(address) == Notation(graph).parse(same)


@pytest.mark.parametrize(
    ("graph", "address", "message"),
    [
        (CNN, "z6", "found “z6”, wanted an address such as z[conv,1,2,0], w[conv,1,1,0,0] or x[2,0]"),
        (CNN, "q[1]", "found “q”, wanted one of z, a, delta,"),
        (CNN, "deltas[1]", "did you mean delta?"),
        (CNN, "z[conv3,1,0,0]", "z[conv3,1,0,0]: found layer “conv3”, wanted one of conv1, pool1, dense1"),
        (CNN, "z[conv1,3,0,0]", "found map 3, wanted 1 … 2"),
        (CNN, "z[conv1,0,0,0]", "found map 0, wanted 1 … 2"),
        (CNN, "z[conv1,1,5,0]", "found row 5, wanted 0 … 4"),
        (CNN, "z[conv1,1,0,-1]", "found “-1”, wanted the number of a column"),
        (CNN, "z[conv1,1,0,²]", "found “²”, wanted the number of a column"),
        (CNN, "z[conv1,1,0,99999999999]", "found column 99999999999, wanted 0 … 4"),
        (CNN, "z[conv1,1,0]", "found 2 indices, wanted map, row, column"),
        (CNN, "z[conv1]", "found 0 indices, wanted map, row, column"),
        (CNN, "w[conv1,1,0]", "found 2 indices, wanted filter, channel, row, column"),
        (CNN, "w[conv1,1,2,0,0]", "found channel 2, wanted 1"),
        (CNN, "b[conv1]", "found 0 indices, wanted filter"),
        (CNN, "b[dense1,1,0]", "found 2 indices, wanted one neuron"),
        (CNN, "p[dense1,1]", "Dense 1 has no p, wanted a"),
        (CNN, "p[conv1,1,0,0]", "Conv 1 has no p; wanted one of z, a,"),
        (CNN, "a[pool1,1,0,0]", "Pool 1 has no a; wanted one of p, dp"),
        (CNN, "w[pool1,1,1,0,0]", "Pool 1 has no w; wanted one of p, dp"),
        (CNN, "w[dense1,1,41]", "found neuron 41, wanted 1 … 40"),
        (CNN, "t[conv1,1]", "only outputs of a lesson with a target have one"),
        (CNN, "x[6,0]", "found row 6, wanted 0 … 5"),
        (CNN, "x[0]", "found 1 index, wanted row, column"),
        (CNN, "x", "found 1 index, wanted row, column"),
        (RGB, "x[0,0]", "found 2 indices, wanted channel, row, column"),
        (RGB, "x[4,0,0]", "found channel 4, wanted 1 … 3"),
        (SEQUENCES, "z[conv1,1]", "found 1 index, wanted map, column"),
        (SEQUENCE, "z[conv1,1,1,0]", "found row 1, wanted 0"),
        (build((1, 3, 3), bias=False), "b[conv1,1]", "Conv 1 has no bias"),
    ],
)  # fmt: skip
def test_errors_say_what_was_found_and_wanted(graph, address, message):
    with pytest.raises(AddressError) as error:
        Notation(graph).parse(address)
    assert message in str(error.value)


def test_networks_with_maps_are_numbered_per_layer():
    with pytest.raises(ValueError, match="found numbering “network”, wanted “layer”"):
        Notation(CNN, "network")


def test_titles_of_maps_filters_and_channels():
    maps = MapNotation(CNN, (), {"conv1": ("", "vertical")}, "Image of a 4")
    conv, pool, _ = CNN.layers
    assert [maps.map_title(conv, f) for f in (0, 1)] == ["Feature map 1", "Feature map 2: vertical"]
    assert [maps.map_title(pool, f) for f in (0, 1)] == ["Pooled map 1", "Pooled map 2: vertical"]
    assert [maps.filter_title(conv, f) for f in (0, 1)] == ["Filter 1", "Filter 2: vertical"]
    assert [maps.filter_words(conv, f) for f in (0, 1)] == ["filter 1", "filter 2 (vertical)"]
    assert Notation(CNN, maps=maps).map_title(None, 0) == "Image of a 4"
    assert MapNotation(SEQUENCE).map_title(None, 0) == "Sequence"
    assert [MapNotation(RGB, ("red", "green", "blue")).map_title(None, k) for k in (0, 2)] == ["Red", "Blue"]
    assert [MapNotation(RGB).map_title(None, k) for k in (0, 2)] == ["Channel 1", "Channel 3"]
    assert MapNotation(DEEP).channel_title(DEEP.layers[2], 1) == "map 2"


def test_padding_is_a_zero_with_a_caption():
    assert name_text(Notation(CNN).name(PADDING_ZERO)) == "0"
    assert Notation(CNN).caption(PADDING_ZERO) == "padding, outside of the image"


def test_cells_of_lists_a_map_or_the_slice_of_a_filter():
    maps = Notation(RGB).maps
    assert [ref.cell for row in maps.cells_of(Ref("conv1/z", cell=(0, 0, 1))) for ref in row] == [
        (0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1)
    ]  # fmt: skip
    assert maps.cells_of(Ref("conv1/w", Part.NEW, (0, 2, 0, 0)))[1][1] == Ref(
        "conv1/w", Part.NEW, (0, 2, 1, 1)
    )
