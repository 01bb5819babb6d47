"""Sequences that a network of one's own can learn from: names, a text, or lines whose first symbol counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnviz.engine.recurrent_layers import CELLS
from nnviz.lessons.data import Prepared
from nnviz.lessons.errors import BuildError
from nnviz.lessons.offers import Offer
from nnviz.lessons.schema_forms import SplitTable
from nnviz.lessons.schema_layers import AnyTable, DenseTable
from nnviz.lessons.schema_sequences import RecurrentTable, TextTable
from nnviz.lessons.schema_training import TrainingTable
from nnviz.lessons.sequences import lines_of, prepared_sequences

NAMES, TEXT, REMEMBER = "first_names", "text", "remember"
SOURCES = {
    one.key: one
    for one in (
        Offer(NAMES, "First names", "5,163 names letter by letter: what comes next? It makes up its own."),
        Offer(TEXT, "A text of your own…", "What symbol comes next? It learns to go on as your text does."),
        Offer(REMEMBER, "Remember the first", "Was the first symbol an a or a b? All others say nothing."),
    )
}
USUAL_EPOCHS = {NAMES: 20, TEXT: 200, REMEMBER: 300}
USUAL_TEXT = (
    "peter piper picked a peck of pickled peppers. a peck of pickled peppers peter piper picked. "
    "if peter piper picked a peck of pickled peppers, "
    "where is the peck of pickled peppers peter piper picked?"
)
LETTERS, END = ".abcdefghijklmnopqrstuvwxyz", "."
MOST_TEXT, MOST_STREAMS = 20_000, 16
LEAST_PIECES = 4  # of every reader of a text, before there are more readers
OTHERS = "xyz"


@dataclass(frozen=True)
class SequenceChoice:
    """A source of sequences, the `steps` of the pieces of a text, and the lines to remember the first in.

    `distance` is how many symbols stand behind the first, `lines` how many are drawn, and `seed` draws them.
    """

    source: str
    text: str = ""
    steps: int = 20
    distance: int = 10
    lines: int = 60
    seed: int = 0


def text_table(choice: SequenceChoice, split: SplitTable | None) -> TextTable:
    """The data of a lesson file. Raises BuildError."""
    kept: dict[str, Any] = {} if split is None else {"split": split}
    if choice.source == NAMES:
        kept |= {"steps": choice.steps, "streams": MOST_STREAMS, "seed": 1}
        return TextTable(text=NAMES, alphabet=LETTERS, end=END, **kept)
    if choice.source == REMEMBER:
        return TextTable(text=_lines(choice), alphabet=f"ab{OTHERS}", predict="first", **kept)
    text = " ".join(choice.text.split())
    if not text:
        raise BuildError("data.text", "Type or paste a text to read.")
    if len(text) > MOST_TEXT:
        message = f"found a text of {len(text):,} symbols, wanted at most {MOST_TEXT:,}"
        raise BuildError("data.text", message)
    if " " in text:  # words are what it makes up, from a space to the next one
        kept["end"] = " "
    return TextTable(
        text=[text],
        steps=choice.steps,
        streams=max(1, min(MOST_STREAMS, len(text) // (LEAST_PIECES * choice.steps))),
        **kept,
    )


def _lines(choice: SequenceChoice) -> list[str]:
    """Lines that begin with an a and a b in turn, and go on with symbols that are drawn."""
    random = np.random.default_rng(choice.seed)
    drawn = random.integers(len(OTHERS), size=(choice.lines, choice.distance))
    return ["ab"[place % 2] + "".join(OTHERS[i] for i in row) for place, row in enumerate(drawn)]


def excerpt(table: TextTable) -> list[str]:
    """The lines as they are read, for those who choose."""
    return lines_of(table)[0]


def prepared(table: TextTable) -> Prepared:
    """The sequences as the network will read them. Raises BuildError."""
    return prepared_sequences(table, None)


def usual_layer(choice: SequenceChoice) -> RecurrentTable:
    """A layer that learns it in a minute."""
    units = {NAMES: 64, TEXT: 32, REMEMBER: 8}[choice.source]
    return RecurrentTable(name="Memory", kind="lstm", units=units)


def usual_training(choice: SequenceChoice) -> TrainingTable:
    """Adam with its gradient clipped."""
    rate = 0.003 if choice.source == NAMES else 0.01
    return TrainingTable(loss="cross_entropy", optimizer="adam", learning_rate=rate, clip=5.0)


def output_layer(table: TextTable, symbols: int) -> DenseTable:
    """A share for every symbol, at every step or at the end."""
    steps = "last" if table.predict == "first" else "every"
    name = "Letter" if table.text == NAMES else "Output"
    return DenseTable(name=name, units=symbols, activation="softmax", steps=steps)  # type: ignore[arg-type]


def title_of(source: str, hidden: tuple[AnyTable, ...]) -> str:
    """``First names: LSTM 64``."""
    cells = [f"{CELLS[one.kind].title} {one.units}" for one in hidden if isinstance(one, RecurrentTable)]
    return f"{SOURCES[source].title.rstrip('…')}: {', '.join(cells)}"
