"""Every mistake is told of the field that it is in, in every table, and so is what fits together badly."""

import copy

import pytest
import tomli_w

from nnviz.lessons import catalogue
from nnviz.lessons.errors import LessonError
from nnviz.lessons.reader import parse
from nnviz.lessons.schema import (
    ConventionsTable,
    ExpectTable,
    ImageTable,
    InitialTable,
    LessonFile,
    NetworkTable,
    StartTable,
)
from nnviz.lessons.schema_data import (
    BinsTable,
    ColumnsTable,
    DrawTable,
    GenerateTable,
    ImagesTable,
    RecordsTable,
)
from nnviz.lessons.schema_forms import NormalizeTable, SplitTable
from nnviz.lessons.schema_layers import ConvolutionTable, DenseTable, FlattenTable, PoolTable
from nnviz.lessons.schema_sequences import RecurrentTable, SequencesTable, StatesTable, TextTable
from nnviz.lessons.schema_training import OptimizerTable, ScheduleTable, StopTable, TrainingTable
from tests.lessons.case_files import CASES

DENSE = {"name": "Output", "units": 1}
BASE = {
    "format": 1,
    "title": "fields",
    "network": {"inputs": ["x"], "layers": [DENSE]},
    "data": {"columns": ["x", "t"], "rows": [[1.0, 0.0]]},
    "training": {"loss": "squared_error", "learning_rate": 0.1},
}
LAYER = ("network", "layers", 0)
SEQUENCES = {"sequences": [[[1.0]]], "targets": [[[1.0]]]}
COLUMNS = {"columns": ["x", "t"], "rows": [[1.0, 0.0]]}
PLACES = {  # a table: where it stands, and what stands there
    LessonFile: ((), {}),
    NetworkTable: (("network",), {}),
    InitialTable: (("network", "initial"), {"method": "uniform"}),
    ImageTable: (("network", "image"), {"columns": 2}),
    DenseTable: (LAYER, DENSE),
    ConvolutionTable: (LAYER, {"name": "C", "kind": "convolution"}),
    PoolTable: (LAYER, {"name": "P", "kind": "max_pool"}),
    FlattenTable: (LAYER, {"name": "F", "kind": "flatten"}),
    RecurrentTable: (LAYER, {"name": "R", "kind": "lstm", "units": 1}),
    StatesTable: ((*LAYER, "start"), {}),
    ColumnsTable: (("data",), COLUMNS),
    ImagesTable: (("data",), {"images": [[[1.0]]]}),
    SequencesTable: (("data",), SEQUENCES),
    TextTable: (("data",), {"text": ["ab"]}),
    RecordsTable: (("data",), {"table": "iris"}),
    GenerateTable: (("data",), {"generate": {"kind": "moons"}}),
    DrawTable: (("data", "generate"), {"kind": "moons"}),
    BinsTable: (("data", "bins"), {}),
    NormalizeTable: (("data", "normalize"), {"method": "range"}),
    SplitTable: (("data", "split"), {}),
    TrainingTable: (("training",), {}),
    OptimizerTable: (("training", "optimizer"), {"method": "adam"}),
    ScheduleTable: (("training", "schedule"), {"method": "step"}),
    StopTable: (("training", "stop"), {}),
    ConventionsTable: (("conventions",), {}),
    StartTable: (("start",), {}),
    ExpectTable: (("expect", 0), {"at": "E", "value": 1.0, "tolerance": 0.1}),
}
TELLS_THE_FORM = {("data", "generate"), ("data", "sequences"), ("data", "text"), ("data", "images")}
FIELDS = [(table, name) for table in PLACES for name in table.model_fields]
IDS = [f"{table.__name__}.{field}" for table, field in FIELDS]


def with_value(place, table, field, value):
    """The lesson with a table at a place, one field of which has another value."""
    lesson = copy.deepcopy(BASE)
    if place[:-1] == LAYER:
        lesson["network"]["layers"] = [dict(RNN)]
    around = lesson
    for key in place[:-1]:
        around = around[key] if isinstance(around, list) else around.setdefault(key, {})
    if place[:1] == ("expect",):
        lesson["expect"] = [{**table, field: value}]
    elif not place:
        lesson[field] = value
    elif isinstance(place[-1], int):
        around[place[-1]] = {**table, field: value}
    else:
        kept = around.get(place[-1], {}) if place in (("network",), ("training",)) else {}
        around[place[-1]] = {**kept, **table, field: value}
    return lesson


def said_as(place, field):
    words = ""
    for key in (*place, field):
        words += f"[{key + 1}]" if isinstance(key, int) else f".{key}" if words else key
    return words


@pytest.mark.parametrize(("table", "field"), FIELDS, ids=IDS)
def test_a_bad_value_is_told_of_its_field(table, field):
    place, given = PLACES[table]
    bad = {"nonsense": True} if "dict" not in str(table.model_fields[field].annotation) else 5
    text = tomli_w.dumps(with_value(place, given, field, bad))
    with pytest.raises(LessonError) as error:
        parse(text, "lesson")
    named = [problem.field for problem in error.value.problems]
    wanted = said_as(place, field)
    assert any(name == wanted or name.startswith((f"{wanted}.", f"{wanted}[")) for name in named), named


DROPPED = {"name": "Hidden", "units": 2, "keep": 0.5}
MAPS = {"rows": 2, "columns": 2}
IMAGES = {"images": [[[1.0, 2.0], [3.0, 4.0]]], "targets": [[1.0]]}
FILTER = {"name": "C", "kind": "convolution", "filters": 1, "size": 2}
RNN = {"name": "R", "kind": "recurrent", "units": 1}
NEW = {"backward_weights": "new"}


def network(layers, data=COLUMNS, **more):
    lesson = copy.deepcopy(BASE) | {"data": data}
    lesson["network"] = {
        "layers": layers,
        "initial": {"method": "uniform"},
        **({"image": MAPS} if data is IMAGES else {"inputs": ["x"]}),
    }
    for name, table in more.items():
        lesson[name] = {**lesson.get(name, {}), **table}
    return lesson


@pytest.mark.parametrize(
    ("lesson", "field", "words"),
    [
        (network([{**DROPPED, "activation": "softmax"}, DENSE]), "network.layers[1].keep", "behind softmax"),
        (network([{**DROPPED, "activation": "prelu"}, DENSE]), "network.layers[1].keep", "behind prelu"),
        (network([{**FILTER, "size": 3}, DENSE], IMAGES), "network.layers[1].size", "a filter of 3 × 3"),
        (
            network([{**FILTER, "activation": "prelu", "keep": 0.5}, DENSE], IMAGES),
            "network.layers[1].keep",
            "prelu",
        ),
        (
            network([{"name": "C", "kind": "convolution", "kernels": [[[1, 1, 1]] * 3]}, DENSE], IMAGES),
            "network.layers[1].kernels",
            "a filter of 3 × 3",
        ),
        (
            network([{"name": "P", "kind": "max_pool", "size": 3}, DENSE], IMAGES),
            "network.layers[1].size",
            "a window of 3 × 3",
        ),
        (network([FILTER], IMAGES), "network.layers[1].kind", "found maps at the output"),
        (network([RNN], SEQUENCES), "network.layers[1].kind", "R hands on the states of all steps"),
        (
            network([{**RNN, "kind": "lstm", "name": "LSTM"}], SEQUENCES),
            "network.layers[1].kind",
            "LSTM hands on the",
        ),
        (
            network([RNN, {**DENSE, "activation": "prelu"}], SEQUENCES),
            "network.layers[2].activation",
            "at every step",
        ),
        (
            network(
                [RNN, {**DENSE, "steps": "last"}], {"sequences": [[[1.0]] * 2], "targets": [[[1.0]] * 2]}
            ),
            "network.layers[2].steps",
            "answers at the end, and the targets are at every step",
        ),
        (
            network([RNN, DENSE], {"sequences": [[[1.0]] * 2], "targets": [[[1.0]]]}),
            "network.layers[2].steps",
            "answers at every step, and the targets are at the end",
        ),
        (
            network([RNN, DENSE], SEQUENCES, conventions=NEW),
            "conventions.backward_weights",
            "a recurrent layer",
        ),
        (
            network([DENSE], conventions=NEW, training={"optimizer": "adam"}),
            "conventions.backward_weights",
            "wanted plain gradient descent",
        ),
        (
            network([{**DENSE, "trainable": False}], training={"optimizer": "newton"}),
            "training.optimizer",
            "frozen weights",
        ),
        (
            network([RNN], SEQUENCES | {"targets": [[[1.0, 2.0]]]}, training={"loss": "given"}),
            "data.targets",
            "2",
        ),
    ],
)
def test_what_does_not_fit_is_told_of_its_field(lesson, field, words):
    with pytest.raises(LessonError) as error:
        catalogue.from_text(tomli_w.dumps(lesson))
    assert [problem.field for problem in error.value.problems] == [field]
    assert words in error.value.problems[0].message


def test_dropout_behind_a_softmax_in_a_file():
    with pytest.raises(LessonError, match=r":9: network\.layers\[1\]\.keep: Hidden: found dropout"):
        catalogue.load(str(CASES / "dropout-softmax.nnviz.toml"))
