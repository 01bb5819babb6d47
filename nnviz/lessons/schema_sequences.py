"""The tables of a lesson file that are about sequences: their data, and the layers that remember."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Tag

from nnviz.lessons.schema_base import MANY, MOST_UNITS, ONE, ONE_OR_MANY, Number, Table
from nnviz.lessons.schema_forms import DataForm, LayerForm

MOST_SEQUENCES = 10_000
MOST_SEQUENCE_STEPS = 256
MOST_STREAMS = 256
USUAL_STEPS = 20  # of a piece, where a lesson says only how many streams there are

Vector = list[Number]
Matrix = list[Vector]


class SequencesTable(DataForm):
    """Sequences of numbers: for each one its steps, and of a step one number for each input.

    `targets` has a row for each step of each sequence, or one row a sequence where only its end is judged.
    """

    sequences: Annotated[list[Matrix], Field(min_length=1, max_length=MOST_SEQUENCES)]
    targets: list[Matrix] | None = None


class TextTable(DataForm):
    """Text, symbol by symbol: lines that stand for themselves, or one text that is cut into pieces.

    `predict` is the target: the next symbol at every step, or at the end the first one. With `steps` all
    lines, each followed by `end`, are one text, which `streams` readers go through in pieces of so many
    steps; with `carry` a piece begins with the state that the one before has ended with.
    """

    text: Annotated[
        Annotated[str, Tag(ONE)]
        | Annotated[list[str], Field(min_length=1, max_length=MOST_SEQUENCES), Tag(MANY)],
        ONE_OR_MANY,
    ]
    alphabet: Annotated[str, Field(min_length=2, max_length=MOST_UNITS)] | None = None
    predict: Literal["next", "first"] = "next"
    end: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    steps: Annotated[int, Field(ge=1, le=MOST_SEQUENCE_STEPS)] | None = None
    streams: Annotated[int, Field(ge=1, le=MOST_STREAMS)] | None = None
    carry: bool = True
    examples: Annotated[int, Field(ge=1)] | None = None
    seed: Annotated[int, Field(ge=0)] | None = None


class StatesTable(Table):
    """A vector for each state of a layer: h, and c of an LSTM."""

    h: Vector | None = None
    c: Vector | None = None


class RecurrentTable(LayerForm):
    """A layer that remembers; its weights are rows of [1, h, x]: bias, from the state, from the input.

    A cell with gates has `gates`, a table of rows for each of them. `start` is the state of every sequence
    before its first step, `later` the errors that come from behind its last one where they are given.
    """

    kind: Literal["recurrent", "lstm", "gru"]
    units: Annotated[int, Field(ge=1, le=MOST_UNITS)]
    activation: str = "tanh"
    weights: Matrix | None = None
    gates: dict[str, Matrix] | None = None
    memory_biases: Vector | None = None
    forget_bias: Number | None = None
    start: StatesTable = StatesTable()
    later: StatesTable | None = None
    trainable: bool = True
    train_bias: bool | None = None
    keep: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] | None = None
