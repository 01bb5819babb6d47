"""The data of a lesson that reads sequences: numbers step by step, or text symbol by symbol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnviz.engine.measures import Examples
from nnviz.engine.numbers import counted
from nnviz.engine.ops.base import Array
from nnviz.engine.preparation import Preparation
from nnviz.lessons.data import PLAIN, Prepared, kept_names
from nnviz.lessons.errors import BuildError
from nnviz.lessons.lesson import SequenceInfo
from nnviz.lessons.schema_forms import DataForm, SplitTable
from nnviz.lessons.schema_sequences import (
    MOST_SEQUENCE_STEPS,
    USUAL_STEPS,
    Matrix,
    SequencesTable,
    TextTable,
)
from nnviz.lessons.splits import Parts, Rows, last_rounds, parts_of
from nnviz.resources import resource

TEXTS = {"first_names": ("first-names.txt", "first names: US census 1990, public domain")}
MOST_CELLS = 20_000_000


@dataclass(frozen=True)
class _Raw:
    """Inputs and targets of every sequence, one row a step; of a target at the end one row."""

    inputs: list[Array]
    targets: list[Array]
    info: SequenceInfo
    source: str = ""
    classes: tuple[str, ...] = ()


def prepared_sequences(
    table: SequencesTable | TextTable, inputs: Sequence[str] | None, at_the_end: bool = False
) -> Prepared:
    """Check the sequences, lay them beside each other and split them. Raises BuildError.

    Those that are shorter than the longest are filled up with zeros, and `given` says where they go on.
    `at_the_end` says that the network answers at the end only: targets of one step may be meant in both ways.
    """
    for field in ("normalize", "encoding"):
        if getattr(table, field) is not None:
            raise BuildError(f"data.{field}", "found for sequences, which do not have it")
    raw = _listed(table, inputs, at_the_end) if isinstance(table, SequencesTable) else _text(table)
    names = raw.info.symbols or tuple(inputs or ())
    if inputs is not None and len(inputs) != len(names):
        raise BuildError("network.inputs", f"found {len(inputs)}, wanted {len(names)}, one for each symbol")
    lengths = np.array([len(one) for one in raw.inputs])
    filled = _filled(raw.inputs, int(lengths.max()))
    given = {}
    if len(set(lengths)) > 1:
        given["going"] = (np.arange(filled.shape[1]) < lengths[:, None]).astype(np.float64)
    every = Examples(filled, _targets(raw, lengths), given)
    parts = _parts(table.split, raw)
    training = _chosen(every, parts.training)
    return Prepared(
        training.inputs,
        training.targets,
        _preparation(training, names, parts.notes()),
        kept_names(table.names, len(filled), parts.training, "sequence"),
        raw.classes,
        source=raw.source,
        test=_chosen(every, parts.test) if len(parts.test) else None,
        validation=_chosen(every, parts.validation) if len(parts.validation) else None,
        encoding="one_hot" if raw.classes else None,
        input_names=tuple(names),
        given=training.given,
        sequence=raw.info,
    )


def pieces_of(data: DataForm) -> int | None:
    """How many steps the pieces have that a text is cut into; None for other data."""
    if not isinstance(data, TextTable) or (data.steps is None and data.streams is None):
        return None
    return data.steps or USUAL_STEPS


def _parts(split: SplitTable | None, raw: _Raw) -> Parts:
    """Which sequences are trained on. Pieces of one text go on from each other: the last are kept."""
    count = len(raw.inputs)
    if split is not None and raw.info.streams:
        return last_rounds(split, count, raw.info.streams)
    is_class = bool(raw.classes) and not raw.info.is_every_step
    return parts_of(split, count, np.concatenate(raw.targets).argmax(axis=1) if is_class else None)


def _chosen(every: Examples, rows: Rows) -> Examples:
    given = {name: values[rows] for name, values in every.given.items()}
    return Examples(every.inputs[rows], every.targets[rows], given)


def _preparation(training: Examples, names: Sequence[str], notes: tuple[str, ...]) -> Preparation:
    """Nothing is done to sequences; their cells are columns, step by step."""
    inputs, targets = training.inputs, training.targets
    both = np.concatenate([inputs.reshape(len(inputs), -1), targets.reshape(len(targets), -1)], axis=1)
    count = both.shape[1]
    columns = [f"{name}, step {t + 1}" for t in range(inputs.shape[1]) for name in names]
    columns += [f"target {i + 1}" for i in range(count - len(columns))]
    return Preparation(
        both, tuple(columns), (PLAIN,) * count, tuple(range(count)), (None,) * count, notes=notes
    )


def _filled(sequences: list[Array], steps: int) -> Array:
    size = len(sequences) * steps * sequences[0].shape[1]
    if size > MOST_CELLS:
        raise BuildError("data", f"found {size:,} numbers in all sequences, wanted at most {MOST_CELLS:,}")
    filled = np.zeros((len(sequences), steps, sequences[0].shape[1]))
    for row, one in zip(filled, sequences, strict=True):
        row[: len(one)] = one
    return filled


def _targets(raw: _Raw, lengths: Array) -> Array:
    if not raw.targets:
        return np.zeros((len(raw.inputs), 0))
    if raw.info.is_every_step:
        return _filled(raw.targets, int(lengths.max()))
    return np.concatenate(raw.targets)


# Numbers


def _listed(table: SequencesTable, inputs: Sequence[str] | None, at_the_end: bool) -> _Raw:
    if inputs is None:
        raise BuildError("network.inputs", "missing, wanted a name for each number of a step")
    sequences = [
        _matrix("data.sequences", number, "step", rows, len(inputs))
        for number, rows in enumerate(table.sequences, 1)
    ]
    if table.targets is None:
        return _Raw(sequences, [], SequenceInfo((), False))
    if len(table.targets) != len(sequences):
        found = counted(len(table.targets), "sequence")
        raise BuildError("data.targets", f"found targets of {found}, wanted {len(sequences)}")
    is_short = all(len(one) == 1 for one in sequences) and all(len(rows) == 1 for rows in table.targets)
    is_every = not at_the_end if is_short else _has_targets_at_every_step(table.targets, sequences)
    width = len(table.targets[0][0]) if table.targets[0] else 0
    targets = []
    for number, (rows, one) in enumerate(zip(table.targets, sequences, strict=True), 1):
        if len(rows) != (len(one) if is_every else 1):
            found, wanted = counted(len(rows), "row"), counted(len(one), "step")
            place = min(len(rows), len(one) if is_every else 1) + 1
            message = f"sequence {number}, step {place}: found {found} of targets for {wanted}"
            raise BuildError("data.targets", f"{message}, wanted one for each step, or one at the end")
        targets.append(_matrix("data.targets", number, "row", rows, width))
    return _Raw(sequences, targets, SequenceInfo((), is_every))


def _has_targets_at_every_step(targets: Sequence[Matrix], sequences: Sequence[Array]) -> bool:
    """What most sequences say: so that a message blames the one that differs."""
    every = sum(len(rows) == len(one) for rows, one in zip(targets, sequences, strict=True))
    at_the_end = sum(len(rows) == 1 for rows in targets)
    if every != at_the_end:
        return every > at_the_end
    return at_the_end < len(targets) or all(len(one) == 1 for one in sequences)


def _matrix(field: str, number: int, what: str, rows: Matrix, width: int) -> Array:
    """The rows of one sequence. Raises BuildError that names the sequence and the position."""
    if not rows:
        raise BuildError(field, f"sequence {number}: found no {what}s, wanted 1 … {MOST_SEQUENCE_STEPS}")
    if len(rows) > MOST_SEQUENCE_STEPS:
        wanted = f"wanted at most {MOST_SEQUENCE_STEPS}"
        raise BuildError(field, f"sequence {number}: found {len(rows):,} {what}s, {wanted}")
    for place, values in enumerate(rows, 1):
        if len(values) != width:
            found = counted(len(values), "number")
            raise BuildError(field, f"sequence {number}, {what} {place}: found {found}, wanted {width}")
    return np.array(rows, dtype=np.float64)


# Text


def _text(table: TextTable) -> _Raw:
    lines, source = lines_of(table)
    if table.end is not None:
        lines = [line + table.end for line in lines]
    alphabet = table.alphabet or "".join(sorted(set("".join(lines))))
    _check_alphabet(alphabet)
    coded = [_coded(line, alphabet, number) for number, line in enumerate(lines, 1)]
    is_next = table.predict == "next"
    if pieces_of(table) is not None:
        return _cut(table, coded, alphabet, source)
    least = 2 if is_next else 1
    for number, one in enumerate(coded, 1):
        _check_length(number, len(one) - is_next, least - is_next)
    eye = np.eye(len(alphabet))
    info = SequenceInfo(tuple(alphabet), is_next, end=table.end)
    if is_next:
        inputs, targets = [eye[one[:-1]] for one in coded], [eye[one[1:]] for one in coded]
    else:
        inputs, targets = [eye[one] for one in coded], [eye[one[:1]] for one in coded]
    return _Raw(inputs, targets, info, source, tuple(alphabet))


def lines_of(table: TextTable) -> tuple[list[str], str]:
    """The lines of a text without their ends, and where they come from. Raises BuildError."""
    if isinstance(table.text, list):
        lines, source = list(table.text), ""
    elif table.text in TEXTS:
        file, source = TEXTS[table.text]
        lines = resource(f"datasets/{file}").read_text("utf-8").split()
    else:
        wanted = f"wanted a list of lines, or one of {', '.join(TEXTS)}"
        raise BuildError("data.text", f"found “{table.text}”, {wanted}")
    if table.seed is not None:
        order = np.random.default_rng(table.seed).permutation(len(lines))
        lines = [lines[i] for i in order]
    if table.examples is not None and table.examples > len(lines):
        raise BuildError("data.examples", f"found {table.examples:,}, wanted at most {len(lines):,}")
    return lines[: table.examples], source


def _check_alphabet(alphabet: str) -> None:
    twice = next((one for i, one in enumerate(alphabet) if one in alphabet[:i]), None)
    if twice is not None:
        raise BuildError("data.alphabet", f"found “{twice}” twice, wanted every symbol once")
    if len(alphabet) < 2:
        raise BuildError("data.text", "found fewer than two different symbols, wanted two or more")


def _coded(line: str, alphabet: str, number: int) -> list[int]:
    for place, symbol in enumerate(line, 1):
        if symbol not in alphabet:
            shown = alphabet if len(alphabet) <= 40 else f"{alphabet[:40]}…"
            message = f"sequence {number}, position {place}: found “{symbol}”, wanted one of {shown}"
            raise BuildError("data.text", message)
    return [alphabet.index(symbol) for symbol in line]


def _check_length(number: int, steps: int, least: int) -> None:
    if steps < max(least, 1):
        found = "no symbols" if steps < 0 else counted(max(steps, 0), "step")
        raise BuildError("data.text", f"sequence {number}: found {found}, wanted 1 … {MOST_SEQUENCE_STEPS}")
    if steps > MOST_SEQUENCE_STEPS:
        wanted = f"wanted at most {MOST_SEQUENCE_STEPS}, or data.steps, which cuts it into pieces"
        raise BuildError("data.text", f"sequence {number}: found {steps:,} steps, {wanted}")


def _cut(table: TextTable, coded: list[list[int]], alphabet: str, source: str) -> _Raw:
    """All lines as one text, which several readers go through at once, each from a place of its own.

    Piece by piece: the first piece of every reader, then the second of every reader, and so on.
    """
    if table.predict == "first":
        raise BuildError("data.predict", "found “first” for one text that is cut, wanted “next”")
    whole = np.array([code for line in coded for code in line], dtype=np.int64)
    steps, streams = pieces_of(table) or USUAL_STEPS, table.streams or 1
    pieces = (len(whole) - 1) // (steps * streams)
    if pieces < 1:
        message = f"found {len(whole):,} symbols, wanted at least {steps * streams + 1:,}"
        raise BuildError(
            "data.steps", f"{message} for {counted(streams, 'stream')} of {counted(steps, 'step')}"
        )
    starts = np.arange(streams) * pieces * steps
    places = [start + piece * steps for piece in range(pieces) for start in starts]
    eye = np.eye(len(alphabet))
    inputs = [eye[whole[at : at + steps]] for at in places]
    targets = [eye[whole[at + 1 : at + steps + 1]] for at in places]
    info = SequenceInfo(tuple(alphabet), True, table.carry, streams, table.end)
    return _Raw(inputs, targets, info, source, tuple(alphabet))
