"""The counters of ``benchmarks/house.py`` count, on a small tree with known answers and on the product."""

import textwrap

import pytest

from benchmarks import house
from benchmarks.source import Source

TREE = {
    "engine/ops/base.py": """
        class Op:
            pass

        class Elementwise(Op):
            pass
        """,
    "engine/ops/curved.py": """
        from pkg.engine.ops import base

        class Tanh(base.Elementwise):
            name = "tanh"

            def forward(self, op):
                return isinstance(op, Tanh)  # an op may
        """,
    "engine/ops/__init__.py": """
        from pkg.engine.ops.base import Op
        from pkg.engine.ops.curved import Tanh

        ACTIVATIONS = {"tanh": Tanh, "relu": Tanh, "leaky_relu": Tanh, "elu": Tanh}
        """,
    "engine/graph.py": """
        from __future__ import annotations

        from typing import TYPE_CHECKING

        from pkg.engine.ops import Op

        if TYPE_CHECKING:
            from pkg.engine.words import say
            from pkg.engine.ops.base import Elementwise

        class Layer:
            op: Op

            @property
            def is_map(self) -> bool:
                return False

        class Dense(Layer):
            pass

        BOTH = (Dense, int)
        """,
    "engine/words.py": '''
        """One line."""
        from pkg.engine import graph as made
        from pkg.engine.graph import BOTH, Dense, Layer
        from pkg.engine.ops import Tanh as Curve

        # a comment
        def say(node: object, layer: Layer) -> str:
            """Another line."""
            if isinstance(node, Curve | int) or isinstance(node, str):  # one, and none
                return "curve"
            if isinstance(node, (str, made.Dense)):  # two
                return "dense"
            if isinstance(node, BOTH) or type(node) is Curve:  # three and four
                return "both"
            match node:
                case Dense() | Curve():  # five and six
                    return "one of them"
                case int():
                    return "number"
            return "map" if layer.is_map else "relu"

        ABOUT = [("relu", "ReLU"), ("elu", "ELU"), ("leaky_relu", "leaky")]
        ''',
    "engine/dense/one.py": """
        from pkg.engine.graph import Dense

        def draw(layer):
            return isinstance(layer, Dense) and layer.is_map  # a family may

        def name(way):
            match way:
                case "tanh" | "relu":
                    return 1
                case "elu":
                    return 2
        """,
    "engine/dense/two.py": """
        FEW = ("tanh", "relu")
        assert set(FEW) == {"tanh", "relu"}

        def letter(node):
            assert node.scope
            return node.scope.rpartition("/")[2]
        """,
}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    package = tmp_path_factory.mktemp("tree") / "pkg"
    for name, text in TREE.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip(), "utf-8")
    return Source.of(package)


def test_kinds_are_all_classes_below_op_and_layer(source):
    names = {name.rpartition(".")[2] for name in source.kinds("Op", "Layer")}
    assert names == {"Op", "Elementwise", "Tanh", "Layer", "Dense"}


def test_kinds_that_are_asked_for_are_found_behind_aliases_tuples_and_unions(source):
    asked = house.kinds_asked(source)
    assert {place.module for place in asked} == {"pkg.engine.words"}
    assert len(asked) == 6
    assert len(house.instances(source)) == 6


def test_questions_for_a_family_are_counted_where_no_family_is_at_home(source):
    assert [(place.module, place.what) for place in house.questions(source)] == [
        ("pkg.engine.words", "is_map")
    ]


def test_texts_that_stand_for_kinds_and_lists_held_together_by_asserts(source):
    assert [place.module for place in house.scopes_read(source)] == ["pkg.engine.dense.two"]
    assert [place.module for place in house.asserts_at_import(source)] == ["pkg.engine.dense.two"]


def test_lines_with_and_without_words(source):
    assert house.lines(source) == sum(
        len(textwrap.dedent(text).strip().splitlines()) for text in TREE.values()
    )
    words = source.modules["pkg.engine.words"]
    assert len(house._lines_of_code(words)) == 17
    assert house.code_lines(source) < house.lines(source)


def test_modules_are_counted_folder_by_folder(source):
    assert house.folders(source) == {"engine": 2, "engine/ops": 2, "engine/dense": 2}


def test_an_import_for_types_is_a_hidden_cycle_where_it_leads_back(source):
    assert [(place.module, place.what) for place in house.hidden_cycles(source)] == [
        ("pkg.engine.graph", "pkg.engine.words")
    ]


def test_lists_of_the_same_names_are_found_in_every_form(source):
    found = house.lists_of(house.all_lists(source), "leaky_relu")
    assert {place.module: place.what for place in found} == {
        "pkg.engine.ops": "elu, leaky_relu, relu, tanh",
        "pkg.engine.words": "elu, leaky_relu, relu",
        "pkg.engine.dense.one": "elu, relu, tanh",
    }


def test_the_longest_function(source):
    length, place = house.longest_function(source)
    assert (length, place.what) == (14, "say")


def test_the_product_is_counted_with_a_limit_beside_each_figure():
    rows = list(house.rows())
    assert sum(row.limit is not None for row in rows) >= 10
    assert all(row.value >= 0 for row in rows)
    assert any(row.value > 10_000 for row in rows)
