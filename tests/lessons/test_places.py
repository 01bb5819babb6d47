"""Places as people mistype them: every one is a place of the lesson, or refused in a sentence."""

from __future__ import annotations

import random

import pytest

from nnviz.engine.addresses import MAP_LETTERS
from nnviz.lessons.catalogue import load
from nnviz.lessons.places import PlaceError, cursor_at

LESSONS = (
    "power-plant-online",
    "xor",
    "dying-relu-prelu",
    "rgb-image",
    "max-pooling",
    "cnn-by-hand",
    "forget-gate",
    "lstm-unit",
    "three-steps",
    "names-simple",
)
LETTERS = (
    *MAP_LETTERS,
    *"hcrifog",
    "going",
    "h_prev",
    "c_later",
    "dh",
    "w_h",
    "dw_x",
    "db_at",
    "above",
    "net",
)
INDICES = (
    "",
    "0",
    "1",
    "2",
    "3",
    "7",
    "99",
    "-1",
    "1.5",
    "1e3",
    "²",
    "٣",
    " 1",
    "a",
    "[",
    "9" * 20,
    "1" * 5000,
)


@pytest.fixture(scope="module", params=LESSONS)
def lesson(request):
    return load(request.param)


def mistyped(lesson, count):
    """Addresses with letters, layers and indices that need not belong together, the same every time."""
    chance = random.Random(16)
    layers = [layer.scope for layer in lesson.timeline.graph.layers]
    for letter in LETTERS:
        yield from (letter, f"{letter}[]", f"{letter}[2]", f"{letter}[{'1' * 5000}]")
    for _ in range(count):
        indices = chance.choices((*INDICES, *layers, *layers), k=chance.randrange(1, 6))
        yield f"{chance.choice(LETTERS)}[{','.join(indices)}]"


def test_a_mistyped_address_is_refused_in_a_sentence(lesson):
    refused = 0
    for address in mistyped(lesson, 200):
        try:
            cursor_at(lesson, address, None, None)
        except PlaceError as error:
            assert len(str(error)) < 2000
            refused += 1
    assert refused > 200


@pytest.mark.parametrize(
    ("name", "address", "says"),
    [
        ("forget-gate", "E[2]", "this lesson has no E"),
        ("three-steps", "going[1]", "this lesson has no going"),
        ("xor", f"w[5,{'1' * 5000}]", "wanted an address such as"),
        ("rgb-image", f"mask[{'1' * 5000}]", "wanted an address such as"),
    ],
)
def test_what_is_said_of_an_address(name, address, says):
    with pytest.raises(PlaceError, match=says) as caught:
        cursor_at(load(name), address, None, None)
    assert len(str(caught.value)) < 500
