"""Networks of one's own: every offer builds, what does not fit says why, and the first suggestion learns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnviz.engine.ops import ACTIVATIONS, LOSSES
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.lessons import composing, offers
from nnviz.lessons.build import build
from nnviz.lessons.catalogue import from_text
from nnviz.lessons.composing import (
    CSV,
    DataChoice,
    compose,
    endings,
    facts,
    suggested,
    with_data,
    with_ending,
)
from nnviz.lessons.errors import BuildError
from nnviz.lessons.layer_edits import hidden_layer
from nnviz.lessons.writer import to_text

SOURCES = [one.key for one in composing.sources() if one.key != CSV]


def made(choices):
    return build("own", compose(choices))


@pytest.mark.parametrize("source", SOURCES)
def test_what_is_suggested_for_a_source_builds_trains_and_can_be_saved(source):
    lesson = made(suggested(DataChoice(source)))
    lesson.timeline.extend(2)
    assert lesson.timeline.length == 3
    assert from_text(to_text(lesson.file)).file == lesson.file


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("source", ["gaussians", "sine"])
def test_every_ending_and_loss_that_is_offered_trains(source, classes):
    choices = suggested(DataChoice(source, classes=classes))
    for ending in endings(facts(choices.data).task):
        for loss in ending.losses:
            training = choices.training.model_copy(update={"loss": loss})
            lesson = made(replace(choices, ending=ending.offer.key, training=training))
            lesson.timeline.extend(2)


@pytest.mark.parametrize("key", [one.key for one in offers.HIDDEN if not one.problem])
def test_every_activation_that_is_offered_trains(key):
    hidden = (hidden_layer(0, 3, key),)
    made(replace(suggested(), hidden=hidden)).timeline.extend(2)


@pytest.mark.parametrize("method", OPTIMIZERS)
@pytest.mark.parametrize("initial", offers.INITIAL)
def test_every_optimizer_and_initialization_trains(method, initial):
    choices = suggested(DataChoice("xor", examples=20))
    training = choices.training.model_copy(
        update={"optimizer": method, "learning_rate": OPTIMIZERS[method].usual_rate, "batch": "all"}
    )
    start = choices.initial.model_copy(update={"method": initial})
    made(replace(choices, training=training, initial=start)).timeline.extend(2)


def test_everything_there_is_has_a_sentence_of_one_line():
    assert set(offers.LOSS) == set(LOSSES)
    assert set(offers.ACTIVATION) == set(ACTIVATIONS)
    assert set(offers.OPTIMIZER) == set(OPTIMIZERS)
    every = [offers.ACTIVATION, offers.LOSS, offers.INITIAL, offers.OPTIMIZER, offers.SCHEDULE, offers.ORDER]
    listed = [one.sentence for group in every for one in group.values()]
    listed += [one.offer.sentence for one in offers.ENDINGS.values()]
    for sentence in (*listed, *offers.SENTENCES.values()):
        assert 15 < len(sentence) < 95, sentence


IMPOSSIBLE = [
    (lambda c: replace(c, ending="linear"), "wanted “One logistic unit”"),
    (lambda c: replace(c, ending="softmax"), "wanted cross-entropy"),
    (lambda c: replace(c, hidden=(hidden_layer(0, 2, "threshold"),)), "slope is 0"),
    (lambda c: replace(c, data=DataChoice(CSV)), "Choose a file"),
    (lambda c: replace(c, data=DataChoice("nothing")), "wanted one of iris"),
]


@pytest.mark.parametrize(("change", "message"), IMPOSSIBLE)
def test_what_does_not_fit_says_why(change, message):
    with pytest.raises(BuildError, match=message):
        compose(change(suggested()))


def test_a_network_too_large_for_newton_says_so():
    last = composing.optimizers(201)[-1]
    assert last.key == "newton" and "at most 200 parameters" in last.problem
    assert not composing.optimizers(200)[-1].problem


def test_output_and_loss_follow_the_data_and_what_was_changed_stays():
    choices = replace(suggested(), hidden=(hidden_layer(0, 5),))
    moved = with_data(choices, DataChoice("sine"))
    assert (moved.ending, moved.training.loss) == ("linear", "squared_error")
    assert [one.units for one in moved.hidden] == [5]
    three = with_data(choices, DataChoice("gaussians", classes=3))
    assert (three.ending, three.training.loss) == ("softmax", "cross_entropy")
    assert with_ending(choices, "signs").training.loss == "perceptron"


def test_a_source_brings_its_own_suggestion_where_nothing_was_changed():
    moved = with_data(suggested(), DataChoice("power-plant"))
    assert moved == suggested(DataChoice("power-plant"))


def test_a_csv_file_becomes_a_network(tmp_path):
    path = tmp_path / "flowers.csv"
    rows = "".join(f"{i},{i * i % 7},{'red' if i % 2 else 'blue'},{i % 3}\n" for i in range(30))
    path.write_text("a,b,color,kind\n" + rows)
    numbers = suggested(DataChoice(CSV, csv=path))
    assert facts(numbers.data).task == "numbers"
    assert facts(numbers.data).inputs == 4  # a, b, and a column for each color
    kinds = with_data(numbers, replace(numbers.data, classify=True, features=("a", "b")))
    lesson = made(kinds)
    assert lesson.classes == ("0", "1", "2") and lesson.title == "flowers: 2 – 8 – 3"
    words = with_data(kinds, replace(kinds.data, target="color", classify=None))
    assert made(words).classes == ("blue", "red")


@pytest.mark.parametrize("seed", range(3))
def test_the_first_suggestion_learns_the_spirals_before_its_run_is_over(seed):
    choices = suggested()
    initial = choices.initial.model_copy(update={"seed": seed})
    lesson = made(replace(choices, initial=initial))
    while not lesson.timeline.extend(500, lesson.stop):
        pass
    assert lesson.timeline.training[-1].accuracy > 0.97
    assert lesson.timeline.best.accuracy > 0.9
