"""What is saved and opened again means the same: classes, columns, raw values, source, settings, numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.moment import resolve
from nnviz.engine.ref import LEARNING_RATE, Part, Ref
from nnviz.engine.timeline import Edit
from nnviz.lessons import catalogue
from nnviz.lessons.build import build
from nnviz.lessons.composing import CSV, DataChoice, compose, suggested
from nnviz.lessons.composing_sequences import NAMES, REMEMBER, TEXT
from nnviz.lessons.errors import LessonError
from nnviz.lessons.snapshot import snapshot
from nnviz.lessons.variation import with_pieces, with_training
from nnviz.lessons.walkthrough import Form, walkthrough
from nnviz.lessons.writer import to_text, write

TABLE = "width,color,when,kind\n" + "".join(
    f"{i * 0.5},{'red' if i % 2 else 'blue'},2024-01-{i + 1:02},{i % 2}\n" for i in range(30)
)
COMPOSED = {
    "spirals": DataChoice("spirals", examples=40),
    "clouds": DataChoice("gaussians", examples=40, classes=2, test=0.2),
    "clouds of three": DataChoice("gaussians", examples=40, classes=3, validation=0.0),
    "sine": DataChoice("sine", examples=40),
    "iris": DataChoice("iris"),
    "power plant": DataChoice("power-plant", validation=0.0),
    "csv": DataChoice(CSV, classify=True),
    "csv of numbers": DataChoice(CSV, classify=False, features=("width", "color")),
    "csv of words": DataChoice(CSV, target="color", validation=0.0),
    "text": DataChoice(TEXT, steps=5),
    "names": DataChoice(NAMES, steps=5),
    "remember": DataChoice(REMEMBER, examples=20, distance=3),
}


@pytest.fixture(params=COMPOSED)
def composed(request, tmp_path):
    (tmp_path / "table.csv").write_text(TABLE)
    choice = COMPOSED[request.param]
    choice = replace(choice, csv=tmp_path / "table.csv") if choice.source == CSV else choice
    return build("own", compose(suggested(choice)))


def some_cells(settings, graph, count=5):
    """Cells of inputs and targets, here and there."""
    random = np.random.default_rng(3)
    arrays = {graph.data.scope: settings.inputs}
    if graph.target is not None:
        arrays[graph.target.scope] = settings.targets
    for scope, array in arrays.items():
        for place in random.integers(0, array.size, count):
            row, *cell = (int(one) for one in np.unravel_index(place, array.shape))
            yield Ref(scope, cell=tuple(cell), example=row)


def edited(lesson):
    settings, graph = lesson.timeline.settings(0), lesson.timeline.graph
    values = {ref: 0.123 + i for i, ref in enumerate(some_cells(settings, graph))}
    if graph.trains:
        values[LEARNING_RATE] = 0.0625
    return lesson.timeline.edited(Edit(0, tuple(values.items())))


def reopened(lesson, timeline, folder):
    write(snapshot(lesson, timeline, 0), folder / "saved.nnviz.toml")
    return catalogue.load(str(folder / "saved.nnviz.toml"))


def assert_same(again, lesson, timeline):
    """Everything that can be read about the data, and every number of it."""
    old, new = timeline.settings(0), again.timeline.settings(0)
    assert new.inputs.tobytes() == old.inputs.tobytes() and new.learning_rate == old.learning_rate
    assert (new.targets is None) == (old.targets is None)
    if old.targets is not None:
        assert new.targets.tobytes() == old.targets.tobytes()
    assert new.given.keys() == old.given.keys()
    assert all(np.array_equal(new.given[one], old.given[one]) for one in old.given)
    assert again.timeline.state(0).parameters.tobytes() == timeline.state(0).parameters.tobytes()
    for field in ("title", "classes", "encoding", "image", "sequence", "stop", "digits", "views", "depth"):
        assert getattr(again, field) == getattr(lesson, field), field
    assert (again.validation is None) == (lesson.validation is None)
    for part in ("validation", "test"):
        mine, others = getattr(lesson, part), getattr(again, part)
        assert mine is None or np.array_equal(mine.inputs, others.inputs)
    examples = range(timeline.examples)
    assert [again.textbook.example(i) for i in examples] == [lesson.textbook.example(i) for i in examples]
    mine, others = lesson.textbook.preparation, again.textbook.preparation
    assert (mine is None) == (others is None)
    if mine is not None:
        assert mine.columns == others.columns and mine.words == others.words and mine.bins == others.bins
        assert mine.scalings == others.scalings and np.array_equal(mine.raw, others.raw, equal_nan=True)
        assert mine.notes == others.notes
    assert again.conventions == lesson.conventions
    names = [layer.title for layer in lesson.timeline.graph.layers]
    assert [layer.title for layer in again.timeline.graph.layers] == names


@pytest.mark.parametrize("name", [one for one in catalogue.names() if one != "lenet-5"])
def test_a_shipped_lesson_whose_data_was_edited_means_the_same(name, tmp_path):
    lesson = catalogue.load(name)
    timeline = edited(lesson)
    again = reopened(lesson, timeline, tmp_path)
    assert_same(again, lesson, timeline)
    assert again.source.startswith(lesson.source) and "changed by hand" in again.source


def test_a_composed_network_means_the_same(composed, tmp_path):
    assert_same(reopened(composed, composed.timeline, tmp_path), composed, composed.timeline)


def test_a_composed_network_whose_data_was_edited_means_the_same(composed, tmp_path):
    timeline = edited(composed)
    again = reopened(composed, timeline, tmp_path)
    assert_same(again, composed, timeline)
    assert again.source.startswith(composed.source) and "of the data changed by hand" in again.source
    assert_same(reopened(again, again.timeline, tmp_path), again, again.timeline)


def test_what_is_changed_back_is_no_edit_any_more(tmp_path):
    lesson = catalogue.load("power-plant-logistic")
    ref = Ref("x", cell=(0,), example=1)
    before = float(lesson.timeline.settings(0).inputs[1, 0])
    changed = lesson.timeline.edited(Edit(0, ((ref, 0.5),)))
    again = reopened(lesson, changed, tmp_path)
    assert again.source.endswith("1 number of the data changed by hand")
    back = again.timeline.edited(Edit(0, ((ref, before),)))
    once_more = reopened(again, back, tmp_path)
    assert once_more.file.data.edits is None and once_more.source == lesson.source


def test_edits_go_along_with_another_training(tmp_path):
    lesson = build("own", compose(suggested(DataChoice("gaussians", examples=40))))
    timeline = edited(lesson)
    varied = with_training(lesson, timeline=timeline, optimizer="momentum")
    assert "changed by hand" in varied.source
    assert_same(reopened(varied, varied.timeline, tmp_path), varied, varied.timeline)


def test_a_text_that_is_cut_anew_begins_without_edits(tmp_path):
    lesson = build("own", compose(suggested(DataChoice(TEXT, steps=5))))
    again = reopened(lesson, edited(lesson), tmp_path)
    other = with_pieces(again, 4, timeline=again.timeline)
    assert other.file.data.edits is None and "changed by hand" not in other.source


# Raw values


def raw_of(lesson, timeline, row, column):
    moment = resolve(Walk(timeline), Cursor(0, 0, 0), lesson.textbook)
    graph = timeline.graph
    inputs = graph.data.shape[0]
    scope = graph.data.scope if column < inputs else graph.target.scope
    ref = Ref(scope, Part.RAW, (column - inputs if column >= inputs else column,), row)
    return moment.value(ref), moment.word(ref)


def test_a_raw_value_is_shown_as_long_as_it_is_the_one_that_is_read(tmp_path):
    lesson = catalogue.load("power-plant-logistic")
    assert raw_of(lesson, lesson.timeline, 1, 0)[0] == 31.41
    changed = lesson.timeline.edited(Edit(0, ((Ref("x", cell=(0,), example=1), 0.5),)))
    for timeline in (changed, reopened(lesson, changed, tmp_path).timeline):
        assert raw_of(lesson, timeline, 1, 0)[0] is None
        assert raw_of(lesson, timeline, 1, 1)[0] == 68.5 and raw_of(lesson, timeline, 0, 0)[0] == 3.21


def test_a_raw_word_goes_with_any_of_its_numbers(tmp_path):
    (tmp_path / "table.csv").write_text(TABLE)
    choice = DataChoice(CSV, csv=tmp_path / "table.csv", validation=0.0, classify=True)
    lesson = build("own", compose(suggested(choice)))
    assert raw_of(lesson, lesson.timeline, 0, 1) == (0.0, "blue")
    for cell in (1, 2):
        changed = lesson.timeline.edited(Edit(0, ((Ref("x", cell=(cell,), example=0), 0.5),)))
        assert raw_of(lesson, changed, 0, 1) == (None, "") and raw_of(lesson, changed, 1, 1) == (1.0, "red")


def test_a_printed_walk_gives_no_raw_value_to_an_edited_number(tmp_path):
    lesson = catalogue.load("power-plant-logistic")
    changed = lesson.timeline.edited(Edit(0, ((Ref("x", cell=(0,), example=1), 0.123456),)))
    again = reopened(lesson, changed, tmp_path)
    text = "\n".join(walkthrough(again, Form(depth=again.depth, iterations=1, digits=4, markdown=False), 1))
    assert "0.123456" in text and "→ 0.123456" not in text and "3.21 → " in text


# Mistakes


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        ('[{ example = 9, values = { "x[1]" = 1 } }]', "data.edits[1].example: found 9, wanted 1 … 4"),
        (
            '[{ example = 1, values = { "w[3,1]" = 1 } }]',
            "data.edits[1].values: found “w[3,1]”",
        ),
        ('[{ example = 1, values = { "x[77]" = 1 } }]', "data.edits[1].values: x[77]"),
        ('[{ example = 1, values = { "delta[6]" = 1 } }]', "data.edits[1].values: found “delta[6]”"),
        ("[{ example = 1, values = {} }]", "data.edits[1].values"),
        ('[{ example = 0, values = { "x[1]" = 1 } }]', "data.edits[1].example: found 0"),
        ('[{ example = 1, values = { "x[1]" = "a" } }]', "data.edits[1].values"),
    ],
)
def test_edits_that_do_not_fit_are_told(edits, says):
    text = to_text(catalogue.load("power-plant-logistic").file)
    with pytest.raises(LessonError) as error:
        catalogue.from_text(text.replace("[data]\n", f"[data]\nedits = {edits}\n"))
    assert says in error.value.one_line
