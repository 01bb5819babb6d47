"""Shipped tables and drawn points in a lesson: which columns are read, and how they are prepared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnviz.engine.cursor import Walk
from nnviz.engine.explain import explain
from nnviz.engine.formula import evaluate
from nnviz.engine.moment import resolve
from nnviz.engine.ref import Part, Ref
from nnviz.engine.typeset import line
from nnviz.lessons import catalogue
from nnviz.lessons.errors import BuildError, LessonError
from nnviz.lessons.planar import CURVES, PLANAR
from nnviz.lessons.tables import TABLES, load
from nnviz.lessons.walkthrough_tables import data_sheets

LESSON = """\
format = 1
title = "t"

[network]
{network}
initial = {{ method = "he" }}

[[network.layers]]
name = "Output"
units = {units}
activation = "identity"

[data]
{data}

[training]
loss = "squared_error"
learning_rate = 0.1
"""


def lesson(data, units=1, network=""):
    return catalogue.from_text(LESSON.format(data=data, units=units, network=network))


# The tables themselves


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_described_and_licensed(name):
    table = TABLES[name]
    assert table.target in table.columns and set(table.features) < set(table.columns)
    assert table.title and table.description and table.source and table.license
    assert all(one.missing == 0 and len(one.values) == load(name).rows for one in load(name).columns)
    assert bool(table.license_text()) == bool(table.license_file)


def test_iris_is_what_fisher_measured():
    iris = load("iris")
    assert iris.rows == 150 and iris.column("species").words == ("setosa", "versicolor", "virginica")
    species = iris.column("species").values
    assert species[:6].tolist() == [0, 1, 2, 0, 1, 2]
    means = [iris.column("petal length cm").values[species == k].mean() for k in range(3)]
    assert means == pytest.approx([1.462, 4.260, 5.552], abs=0.0005)
    assert iris.column("sepal length cm").range == (4.3, 7.9)


def test_digits_are_the_images_in_one_row():
    digits = load("digits-8x8")
    assert digits.rows == 1797 and len(digits.features) == 64
    assert digits.column("digit").classes == tuple("0123456789")
    assert np.bincount(digits.column("digit").values.astype(int)).tolist() == [
        178, 182, 177, 183, 181, 182, 181, 179, 174, 180,
    ]  # fmt: skip
    first = np.array([digits.column(name).values[0] for name in digits.features])
    assert first[:8].tolist() == [0, 0, 5, 13, 9, 1, 0, 0] and digits.column("digit").values[0] == 0


@pytest.mark.parametrize(
    ("lags", "wanted"), [(None, (1, 2)), (1, (1,)), (3, (1, 2, 3)), ([1, 2, 9], (1, 2, 9))]
)
def test_sunspots_of_the_years_before(lags, wanted):
    sunspots = load("sunspots", lags)
    numbers = dict(
        zip(
            load("sunspots", 1).column("year").values,
            load("sunspots", 1).column("sunspots").values,
            strict=True,
        )
    )
    numbers[1700.0] = 5.0
    assert sunspots.rows == 309 - max(wanted) and len(sunspots.features) == len(wanted)
    for row, year in enumerate(sunspots.column("year").values):
        assert sunspots.column("sunspots").values[row] == numbers[year]
        for name, lag in zip(sunspots.features, wanted, strict=True):
            assert sunspots.column(name).values[row] == numbers[year - lag]


@pytest.mark.parametrize("lags", [0, [], [1, 1], [-1], 101])
def test_lags_that_make_no_sense(lags):
    with pytest.raises(BuildError, match="data.lags: wanted different numbers of years from 1 to 100"):
        load("sunspots", lags)


# In lessons


def test_the_examples_of_the_documentation_open():
    docs = (Path(__file__).parents[2] / "docs" / "lesson-format.md").read_text("utf-8")
    blocks = [after.split("```")[0] for after in docs.split("```toml")[1:]]
    examples = [block.strip().removeprefix("[data]") for block in blocks if block.startswith("\n[data]\n")]
    iris, spirals = (lesson(data, units) for data, units in zip(examples, (3, 2), strict=True))
    assert iris.timeline.settings(0).inputs.shape == (105, 2)
    assert (len(iris.validation.inputs), len(iris.test.inputs)) == (30, 15)
    assert spirals.timeline.examples == 150 and len(spirals.validation.targets) == 50


def test_a_word_is_shown_as_the_word_that_it_is():
    one = lesson('table = "iris"\nfeatures = ["species"]\ntarget = "petal width cm"')
    walk = Walk(one.timeline)
    moment = resolve(walk, walk.at(0, walk.outline(0).length, 1), one.textbook)
    formula = line(explain(moment, Ref("x", cell=(1,))).equations[0])
    assert formula == "x₂ = [species = versicolor] = [versicolor = versicolor] = 1"
    raw = Ref("x", Part.RAW, (1,), 1)
    assert moment.word(raw) == "versicolor" and moment.value(raw) == 1
    assert [quantity.text for quantity in explain(moment, raw).given] == ["versicolor"]
    assert moment.word(Ref("x", cell=(1,))) == "" and moment.word(Ref("t", Part.RAW, (0,))) == ""
    (sheet,) = data_sheets(one, 0)
    assert sheet.rows[1][1:4] == ("versicolor → 0", "versicolor → 1", "versicolor → 0")


FORMS = [
    ('table = "iris"', 3),
    ('table = "iris"\nnormalize = { method = "standard" }\nsplit = { validation = 0.2 }', 3),
    ('table = "iris"\ntarget = "petal width cm"\nfeatures = ["species", "petal length cm"]', 1),
    ('table = "iris"\ntarget = "petal width cm"\nbins = { count = 4 }\nnormalize = { method = "range" }', 4),
    ('table = "sunspots"\nlags = 3\nnormalize = { method = "range", decimals = 3 }', 1),
    ('table = "sunspots"\nbins = { count = 2 }\nencoding = "signs"', 1),
    ('table = "digits-8x8"\nexamples = 50\nnormalize = { method = "range" }', 10),
    ('table = "digits-8x8"\nexamples = 50\nnormalize = { method = "standard" }\nsplit = { test = 9 }', 10),
    ('table = "power-plant"\nnormalize = { method = "range", decimals = 2 }', 1),
    ('generate = { kind = "spirals", classes = 3 }\nsplit = { validation = 0.25 }', 3),
    (
        'generate = { kind = "moons" }\nencoding = "single"\nnormalize = { method = "standard" }',
        1,
    ),
    ('generate = { kind = "circle", seed = 3 }\nencoding = "signs"', 1),
    ('generate = { kind = "sine", examples = 40 }\nnormalize = { method = "range", targets = false }', 1),
    ('generate = { kind = "parabola", examples = 40 }\nbins = { edges = [0.2], names = ["no", "yes"] }', 2),
]


@pytest.mark.parametrize(("data", "units"), FORMS)
def test_every_number_says_where_it_comes_from(data, units):
    one = lesson(data, units)
    settings, preparation = one.timeline.settings(0), one.textbook.preparation
    network = np.concatenate([settings.inputs, settings.targets], axis=1)
    assert np.array_equal(preparation.prepare(), network) and np.isfinite(network).all()
    for row, column in np.ndindex(network.shape):
        expression = preparation.expression(row, column)
        raw = preparation.raw[row, preparation.sources[column]]
        assert network[row, column] == (raw if expression is None else evaluate(expression))


@pytest.mark.parametrize(("data", "units"), FORMS)
def test_classes_fit_the_targets(data, units):
    one = lesson(data, units)
    targets = one.timeline.settings(0).targets
    codes = {"one_hot": {0.0, 1.0}, "single": {0.0, 1.0}, "signs": {-1.0, 1.0}}
    assert bool(one.classes) == (one.encoding is not None)
    if one.encoding is not None:
        assert set(np.unique(targets).tolist()) <= codes[one.encoding]
        assert len(one.classes) == (units if one.encoding == "one_hot" else 2)
    if one.encoding == "one_hot":
        assert (targets.sum(axis=1) == 1).all()


def test_the_power_plant_is_that_of_the_notes():
    notes = catalogue.load("power-plant-logistic").timeline.settings(0)
    one = lesson('table = "power-plant"\nnormalize = { method = "range", decimals = 2 }')
    assert np.array_equal(one.timeline.settings(0).inputs, notes.inputs)
    assert np.array_equal(one.timeline.settings(0).targets, notes.targets)


def test_inputs_are_called_as_the_columns_or_as_the_lesson_says():
    one = lesson('table = "iris"\nfeatures = ["petal width cm", "species"]\ntarget = "petal length cm"')
    names = ["petal width cm", "species = setosa", "species = versicolor", "species = virginica"]
    assert list(one.textbook.notation.input_names) == names
    own = lesson('table = "sunspots"', network='inputs = ["last", "last but one"]')
    assert list(own.textbook.notation.input_names) == ["last", "last but one"]
    with pytest.raises(
        LessonError, match="network.inputs: found 1, wanted 2 as in the data: 1 year before, 2"
    ):
        lesson('table = "sunspots"', network='inputs = ["last"]')


def test_source_and_license_are_shown():
    assert "CC BY 4.0" in lesson('table = "iris"', 3).source
    assert (
        lesson('generate = { kind = "xor", seed = 7 }', 2).source == "Data: xor, drawn at random with seed 7"
    )


@pytest.mark.parametrize("kind", [*PLANAR, *CURVES])
def test_points_are_drawn_by_their_seed(kind):
    def drawn(seed):
        data = f'generate = {{ kind = "{kind}", examples = 30, noise = 0.1, seed = {seed} }}'
        settings = lesson(data, 1 if kind in CURVES else 2).timeline.settings(0)
        return np.concatenate([settings.inputs, settings.targets], axis=1)

    assert len(drawn(1)) == 30
    assert np.array_equal(drawn(1), drawn(1)) and not np.array_equal(drawn(1), drawn(2))


@pytest.mark.parametrize("count", [2, 3, 7])
def test_bins_of_equal_width(count):
    chosen = 'target = "petal width cm"\nfeatures = ["petal length cm"]'
    data = f'table = "iris"\n{chosen}\nbins = {{ count = {count} }}'
    one = lesson(data, count)
    raw = one.textbook.preparation.raw[:, 1]
    low, high = raw.min(), raw.max()
    wanted = np.clip(np.ceil((raw - low) / (high - low) * count - 1e-9) - 1, 0, count - 1)
    assert one.timeline.settings(0).targets.argmax(axis=1).tolist() == wanted.tolist()
    assert len(set(one.classes)) == count


WRONG = [
    ('table = "irs"', "data.table: found “irs”, wanted one of iris, sunspots, digits-8x8, power-plant"),
    ('table = "iris"\nlags = 2', "data.lags: found for iris"),
    ('table = "iris"\nheader = true', "data.header: found for a shipped table"),
    ('table = "iris"\nexamples = 151', "data.examples: found 151, wanted at most 150"),
    ('table = "iris"\nencoding = "single"', "data.encoding: found “single” for 3 classes"),
    ('table = "sunspots"\nencoding = "signs"', "data.encoding: found “signs” for targets that are no"),
    ('table = "iris"\nbins = { count = 3 }', "data.bins: found for a target that has classes already"),
    ('table = "sunspots"\nbins = { }', "data.bins: found neither edges nor count"),
    ('table = "sunspots"\nbins = { count = 3, edges = [1] }', "data.bins: found edges and count"),
    ('table = "sunspots"\nbins = { count = 3, names = ["a", "b"] }', "found 2 names, wanted 3, one a class"),
    ('table = "sunspots"\nclassify = true', "different numbers, wanted at most 100 classes"),
    ('table = "sunspots"\nnormalize = { method = "range", min = [1] }', "found 1 number, wanted 3"),
    ('table = "iris"\nsplit = { validation = 1.5 }', "data.split.validation: found 1.5, wanted less than 1"),
    ('table = "iris"\nsplit = { validation = -1 }', "data.split.validation: found -1, wanted 0 or more"),
    ('table = "iris"\nsplit = { test = "x" }', "data.split.test: found “x”"),
    ('table = "iris"\nrows = []', "data.rows: found a field that does not belong here (table)"),
    ('table = "iris"\ncsv = "a.csv"', "data.table: found beside csv"),
    ('generate = { kind = "sin" }', "data.generate.kind: found “sin”, wanted one of linear, xor"),
    ('generate = { kind = "moons", classes = 3 }', "data.generate.classes: found 3 for moons, wanted at"),
    ('generate = { kind = "sine", classes = 2 }', "data.generate.classes: found for sine, which has no"),
    ('generate = { kind = "xor", examples = 1 }', "data.generate.examples: found 1, wanted 2 or more"),
    ('generate = { kind = "xor", noise = -1 }', "data.generate.noise: found -1, wanted 0 or more"),
    ('generate = { kind = "xor" }\ntarget = "x1"', "data.target: found a field that does not belong here"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "says"), WRONG)
def test_what_does_not_fit_is_told(data, says):
    with pytest.raises(LessonError) as error:
        lesson(data)
    assert says in error.value.one_line and error.value.problems[0].line is not None
