"""Training, validation and test: by the seed, with every class in every part, and scaled by the first."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.lessons import catalogue
from nnviz.lessons.errors import BuildError, LessonError
from nnviz.lessons.schema_data import SplitTable
from nnviz.lessons.splits import parts_of
from tests.lessons.small_images import GOOD


@pytest.mark.parametrize("seed", range(20))
def test_parts_are_disjoint_and_whole_and_keep_the_order(seed):
    random = np.random.default_rng(seed)
    count = int(random.integers(10, 300))
    strata = random.integers(0, 4, count).astype(float) if seed % 2 else None
    table = SplitTable(validation=int(random.integers(0, count // 2)), test=0.2, seed=seed)
    parts = parts_of(table, count, strata)
    assert len(parts.validation) == table.validation and len(parts.test) == int(0.2 * count + 0.5)
    together = np.concatenate([parts.training, parts.validation, parts.test])
    assert sorted(together.tolist()) == list(range(count))
    for part in (parts.training, parts.validation, parts.test):
        assert (np.diff(part) > 0).all()


@pytest.mark.parametrize("seed", range(10))
def test_every_part_has_its_share_of_every_class(seed):
    strata = np.random.default_rng(seed).permutation(np.repeat([0.0, 1.0, 2.0], [100, 60, 20]))
    parts = parts_of(SplitTable(validation=0.25, test=0.25, seed=seed), 180, strata)
    for part in (parts.validation, parts.test):
        assert np.abs(np.bincount(strata[part].astype(int)) - [25, 15, 5]).max() <= 2


@pytest.mark.parametrize(
    ("table", "notes"),
    [
        (None, ()),
        (SplitTable(), ()),
        (SplitTable(validation=0.25), ("of 12 examples 3 to validate with are kept from training",)),
        (SplitTable(test=2), ("of 12 examples 2 to test with are kept from training",)),
        (
            SplitTable(validation=3, test=2),
            ("of 12 examples 3 to validate and 2 to test with are kept from training",),
        ),
    ],
)
def test_what_is_kept_from_training_is_said(table, notes):
    assert parts_of(table, 12).notes() == notes


def test_the_seed_decides_and_nothing_else():
    table = SplitTable(validation=0.3, seed=1)
    first, again = parts_of(table, 50), parts_of(table, 50)
    other = parts_of(SplitTable(validation=0.3, seed=2), 50)
    assert np.array_equal(first.validation, again.validation)
    assert not np.array_equal(first.validation, other.validation)


def test_every_row_is_validated_with_about_equally_often():
    counts = np.zeros(20)
    for seed in range(400):
        counts[parts_of(SplitTable(validation=5, seed=seed), 20, np.arange(20) % 2).validation] += 1
    assert counts.min() > 60 and counts.max() < 140  # 100 each, and 5 deviations are 43


@pytest.mark.parametrize(("validation", "test"), [(5, 5), (10, 0), (0.5, 0.5), (0, 12)])
def test_something_must_be_left_to_train_on(validation, test):
    with pytest.raises(BuildError, match="wanted some of all 10 left to train on"):
        parts_of(SplitTable(validation=validation, test=test), 10)


# In lessons

COLUMNS = """\
format = 1
title = "t"

[network]
inputs = ["a"]

[[network.layers]]
name = "Output"
units = 1
activation = "identity"
weights = [[0.1, 0.2]]

[data]
columns = ["a", "t"]
rows = [[1, 2], [2, 4], [3, 6], [4, 8], [5, 10], [6, 12], [7, 14], [800, 16]]
names = ["p", "q", "r", "s", "t", "u", "v", "w"]
normalize = { method = "range" }
SPLIT

[training]
loss = "squared_error"
learning_rate = 0.01
"""


def columns(split):
    return catalogue.from_text(COLUMNS.replace("SPLIT", split))


def test_rows_of_a_lesson_are_split_and_scaled_by_those_trained_on():
    every = [columns(f"split = {{ validation = 0.25, test = 1, seed = {seed} }}") for seed in range(8)]
    for one in every:
        training, preparation = one.timeline.settings(0), one.textbook.preparation
        assert len(training.inputs) == 5 and len(one.validation.inputs) == 2 and len(one.test.inputs) == 1
        assert training.inputs.min() == 0 and training.inputs.max() == 1
        kept = [float("pqrstuvw".index(name)) + 1 for name in one.textbook.examples]
        raw = preparation.raw[:, 0].tolist()
        assert raw == [800 if row == 8 else row for row in kept]
        for part in (one.validation, one.test):
            back = preparation.back(0, part.inputs[:, 0])
            assert np.isclose(back[:, None], [1, 2, 3, 4, 5, 6, 7, 800]).any(axis=1).all()
    assert any(one.validation.inputs.max() > 1 for one in every)  # the outlier has no part in the scaling


def test_without_a_split_everything_is_trained_on():
    one = columns("")
    assert one.timeline.examples == 8 and one.validation is None and one.test is None


def test_images_are_split():
    text = GOOD.replace("[training]", "split = { validation = 1 }\n[training]")
    one = catalogue.from_text(text)
    assert one.timeline.examples == 1 and one.validation.inputs.shape == (1, 1, 4, 4)
    assert (one.timeline.settings(0).targets + one.validation.targets).tolist() == [[1, 1]]
    assert len(one.textbook.preparation.raw) == 1
    assert one.textbook.preparation.notes == ("of 2 examples 1 to validate with are kept from training",)


def test_images_of_a_data_set_are_split_beside_those_to_test_with():
    text = GOOD[: GOOD.index("[data]")].replace("rows = 4\ncolumns = 4", "rows = 8\ncolumns = 8")
    text = text.replace("units = 2", "units = 10").replace("range = [0, 255]\n", "")
    data = '[data]\ndataset = "digits-8x8"\nexamples = 100\nsplit = { validation = 0.2 }\nTEST'
    end = '\n[training]\nloss = "cross_entropy"\nlearning_rate = 0.1\n'
    one = catalogue.from_text(text + data.replace("TEST", "test_examples = 30") + end)
    assert one.timeline.examples == 80
    assert (len(one.validation.inputs), len(one.test.inputs)) == (20, 30)
    assert np.abs(one.validation.targets.sum(axis=0) - 2).max() <= 1
    both = data.replace("0.2", "0.2, test = 5").replace("TEST", "test_examples = 30")
    with pytest.raises(LessonError, match="found beside test_examples"):
        catalogue.from_text(text + both + end)


@pytest.mark.parametrize(
    ("encoding", "activation", "targets"),
    [
        ("one_hot", "softmax", [[1, 0], [0, 1]]),
        ("single", "logistic", [[0], [1]]),
        ("signs", "tanh", [[-1], [1]]),
    ],
)
def test_labels_of_images_in_one_column(encoding, activation, targets):
    loss = "cross_entropy" if encoding == "one_hot" else "squared_error"
    text = GOOD.replace('"cross_entropy"', f'"{loss}"').replace('"softmax"', f'"{activation}"')
    text = text.replace("units = 2", f"units = {len(targets[0])}")
    one = catalogue.from_text(text.replace("labels =", f'encoding = "{encoding}"\nlabels ='))
    assert one.timeline.settings(0).targets.tolist() == targets
    assert one.classes == ("rising", "falling") and one.encoding == encoding
