"""A network of one's own that reads sequences: every source, and texts that cannot be learned from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnviz.lessons.build import build
from nnviz.lessons.catalogue import load
from nnviz.lessons.composing import DataChoice, compose, sources, suggested, with_data
from nnviz.lessons.composing_sequences import NAMES, REMEMBER, TEXT, excerpt
from nnviz.lessons.errors import BuildError
from nnviz.lessons.layer_edits import changed_cell, with_added
from nnviz.lessons.writer import write

RHYTHM = "abcabd " * 60


def made(choice, **changes):
    return build("own", compose(replace(suggested(choice), **changes)))


CHOICES = [DataChoice(NAMES), DataChoice(TEXT, text=RHYTHM), DataChoice(REMEMBER, examples=40, distance=5)]


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.source)
@pytest.mark.parametrize("kind", ["recurrent", "lstm", "gru"])
def test_every_source_with_every_cell(choice, kind):
    layer = changed_cell(suggested(choice).hidden[0], kind=kind, units=4)
    lesson = made(choice, hidden=(layer,))
    assert lesson.timeline.extend(3) is False and lesson.sequence.is_every_step is (choice.source != REMEMBER)
    assert lesson.title.endswith(f"{'simple' if kind == 'recurrent' else kind.upper()} 4")
    assert lesson.validation is not None and lesson.timeline.validated


@pytest.mark.parametrize("choice", CHOICES[1:], ids=lambda choice: choice.source)
def test_what_is_suggested_learns(choice):
    lesson = made(choice)
    lesson.timeline.extend(lesson.stop.iterations, lesson.stop)
    first, last = lesson.timeline.training[0], lesson.timeline.training[-1]
    assert last.accuracy > 0.95 > first.accuracy and last.loss < 0.2 * first.loss


def test_a_text_is_read_by_several_from_places_of_their_own():
    lesson = made(DataChoice(TEXT, text=RHYTHM, steps=5, validation=0.25, test=0.1))
    assert lesson.timeline.batch_size == lesson.sequence.streams == 16
    parts = [lesson.timeline.settings(0), lesson.validation, lesson.test]
    counts = [len(part.inputs) for part in parts]
    assert sum(counts) == 16 * (len(RHYTHM.strip()) // (16 * 5)) and all(n % 16 == 0 for n in counts)
    assert "".join(lesson.sequence.symbols) == " abcd"


def test_of_a_text_with_spaces_it_makes_up_words():
    assert made(DataChoice(TEXT, text=RHYTHM)).sequence.end == " "
    assert made(DataChoice(TEXT, text="abc" * 20)).sequence.end is None


def test_line_breaks_are_spaces():
    choice = DataChoice(TEXT, text="ab\n\n ab\tab " * 20, steps=4)
    assert excerpt(compose(suggested(choice)).data) == [" ".join(["ab"] * 60)]


@pytest.mark.parametrize(
    ("text", "steps", "says"),
    [
        ("", 20, "Type or paste a text to read."),
        (" \n ", 20, "Type or paste a text to read."),
        ("aaaa", 2, "found fewer than two different symbols"),
        ("abab", 20, "found 4 symbols, wanted at least 21 for 1 stream of 20 steps"),
        ("ab" * 10_001, 20, "found a text of 20,002 symbols, wanted at most 20,000"),
    ],
)
def test_texts_that_cannot_be_read(text, steps, says):
    with pytest.raises(BuildError, match=says):
        made(DataChoice(TEXT, text=text, steps=steps))


@pytest.mark.parametrize("distance", [1, 30, 255])
def test_the_first_of_a_line_is_what_is_asked_for(distance):
    choice = DataChoice(REMEMBER, examples=20, distance=distance, validation=0.0, seed=3)
    settings = made(choice).timeline.settings(0)
    assert settings.inputs.shape == (20, distance + 1, 5)
    assert np.array_equal(settings.inputs[:, 0], settings.targets)
    assert settings.targets.sum(axis=0).tolist() == [10, 10, 0, 0, 0]
    assert not settings.inputs[:, 1:, :2].any()
    other = made(replace(choice, seed=4)).timeline.settings(0).inputs
    assert not np.array_equal(other, settings.inputs)


def test_data_of_another_kind_bring_their_own_network():
    points = suggested()
    names = with_data(points, DataChoice(NAMES))
    assert names == suggested(DataChoice(NAMES)) and names.hidden[0].kind == "lstm"
    assert with_data(names, points.data) == points
    slower = replace(names, training=names.training.model_copy(update={"learning_rate": 0.001}))
    other = with_data(slower, DataChoice(REMEMBER))
    assert other.training.learning_rate == 0.001 and other.hidden[0].units == 8


def test_batch_and_order_are_those_of_the_readers():
    choices = suggested(DataChoice(NAMES))
    training = choices.training.model_copy(update={"batch": 7, "order": "shuffled"})
    found = compose(replace(choices, training=training)).training
    assert (found.batch, found.order, found.stop.iterations) == (16, "listed", 20 * 90)


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.source)
def test_it_is_saved_and_opened_again(choice, tmp_path):
    lesson = made(choice)
    write(lesson.file, tmp_path / "own.nnviz.toml")
    again = load(str(tmp_path / "own.nnviz.toml"))
    assert np.array_equal(again.timeline.settings(0).inputs, lesson.timeline.settings(0).inputs)
    assert np.array_equal(again.timeline.state(0).parameters, lesson.timeline.state(0).parameters)


def test_layers_can_be_stacked():
    choices = suggested(DataChoice(REMEMBER))
    lesson = build("own", compose(replace(choices, hidden=tuple(with_added(choices.hidden, 1)))))
    assert [layer.title for layer in lesson.timeline.graph.layers] == ["Memory", "Memory 2", "Output"]


def test_every_source_has_a_sentence():
    assert {NAMES, TEXT, REMEMBER} <= {one.key for one in sources() if one.sentence}
