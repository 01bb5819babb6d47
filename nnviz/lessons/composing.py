"""A network of one's own: from a few choices to a lesson file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nnviz.engine.program import MOST_FOR_CURVATURE
from nnviz.lessons import composing_sequences, offers
from nnviz.lessons.composing_sequences import SOURCES as SEQUENCES
from nnviz.lessons.composing_sequences import USUAL_TEXT, SequenceChoice
from nnviz.lessons.csv_cells import MISSING, NO_NUMBER
from nnviz.lessons.data import Prepared
from nnviz.lessons.errors import BuildError
from nnviz.lessons.layer_edits import hidden_layer, sizes
from nnviz.lessons.offers import Ending, Offer, Task
from nnviz.lessons.planar import CURVES, PLANAR
from nnviz.lessons.records import MOST_CLASSES, Column, Records, prepared_records
from nnviz.lessons.schema import FORMAT, ConventionsTable, InitialTable, LessonFile, NetworkTable, StartTable
from nnviz.lessons.schema_data import DrawTable, GenerateTable, NormalizeTable, RecordsTable, SplitTable
from nnviz.lessons.schema_layers import AnyTable, DenseTable
from nnviz.lessons.schema_sequences import TextTable
from nnviz.lessons.schema_training import StopTable, TrainingTable
from nnviz.lessons.sources import records_of
from nnviz.lessons.tables import TABLES

CSV = "csv"
MOST_ITERATIONS = 1_000_000
RANGES = ("power-plant", "digits-8x8")  # they know the ends of their columns
TITLES = {
    "spirals": "Spirals",
    "moons": "Moons",
    "circle": "Circle",
    "xor": "XOR",
    "gaussians": "Clouds",
    "linear": "Two sides of a line",
    "sine": "Sine",
    "parabola": "Parabola",
}


@dataclass(frozen=True)
class DataChoice:
    """What the network learns from: the name of a drawn set or a shipped table, or `csv` with a file.

    `noise` and `classes` are of drawn sets, `features` (none: all but the target), `target` and `classify`
    of tables and files; in a file the word “none” may mean that a value is missing. `seed` draws the points,
    or the rows of a table that are kept from training; `validation` and `test` are shares of the examples.
    `text`, `steps` and `distance` are of sequences (see `composing_sequences`), whose lines are `examples`.
    """

    source: str = "spirals"
    examples: int = 300
    noise: float = 0.02
    classes: int = 2
    seed: int = 0
    csv: Path | None = None
    features: tuple[str, ...] = ()
    target: str = ""
    classify: bool | None = None
    none_is_missing: bool = False
    validation: float = 0.2
    test: float = 0.0
    text: str = USUAL_TEXT
    steps: int = 20
    distance: int = 10

    @property
    def is_sequence(self) -> bool:
        return self.source in SEQUENCES

    @property
    def sequence(self) -> SequenceChoice:
        """What the network reads, where that is sequences."""
        return SequenceChoice(self.source, self.text, self.steps, self.distance, self.examples, self.seed)

    @property
    def is_drawn(self) -> bool:
        return self.source in PLANAR or self.source in CURVES


@dataclass(frozen=True)
class Choices:
    """A network as it is chosen: data, hidden layers, how it ends, how its weights start, how it learns.

    `keep_inputs` is the probability with which inputs are kept, None without dropout.
    """

    data: DataChoice
    hidden: tuple[AnyTable, ...]
    ending: str
    initial: InitialTable
    training: TrainingTable
    epochs: int
    keep_inputs: float | None = None


def most_classes(source: str) -> int:
    """How many classes a drawn set may have; 1 for a curve."""
    return PLANAR[source].most_classes if source in PLANAR else 1


def sources() -> tuple[Offer, ...]:
    """Everything that a network can learn from, each in a sentence."""
    about = {key: one.description for key, one in PLANAR.items()}
    about |= {key: one.description for key, one in CURVES.items()}
    drawn = [Offer(key, title, about[key]) for key, title in TITLES.items()]
    shipped = [Offer(key, one.title, one.description) for key, one in TABLES.items()]
    return (
        *drawn,
        *shipped,
        Offer(CSV, "A CSV file…", "A table of your own, as every spreadsheet saves it."),
        *SEQUENCES.values(),
    )


# What follows from the data


@dataclass(frozen=True)
class Facts:
    """What is known about data: its columns, what is predicted, and how many numbers go in."""

    records: Records
    features: tuple[Column, ...]
    target: Column
    task: Task
    classes: int
    inputs: int


def data_table(choice: DataChoice) -> RecordsTable | GenerateTable:
    """The data of a lesson file, without the code of its targets. Raises BuildError."""
    split = _split(choice)
    if choice.is_drawn:
        classes = min(choice.classes, most_classes(choice.source))
        draw: dict[str, Any] = {"classes": classes} if classes > 1 else {}
        draw |= {"examples": choice.examples, "noise": choice.noise, "seed": choice.seed}
        return GenerateTable(generate=DrawTable(kind=choice.source, **draw), **_given(split=split))
    if choice.source == CSV and choice.csv is None:
        raise BuildError("data.csv", "Choose a file to read.")
    return RecordsTable(
        **_given(
            csv=str(choice.csv) if choice.source == CSV else None,
            missing=[*MISSING, NO_NUMBER] if choice.source == CSV and choice.none_is_missing else None,
            table=None if choice.source == CSV else choice.source,
            normalize=NormalizeTable(method="range" if choice.source in RANGES else "standard"),
            features=list(choice.features),
            target=choice.target,
            classify=choice.classify,
            split=split,
        )
    )


def _split(choice: DataChoice) -> SplitTable | None:
    """What is kept from training; a lesson file without the fields that say nothing."""
    kept = {"validation": choice.validation, "test": choice.test}
    is_seeded = choice.is_drawn or choice.is_sequence or not choice.seed
    seed = {} if is_seeded else {"seed": choice.seed}
    shares = {name: share for name, share in kept.items() if share}
    return SplitTable.model_validate({**shares, **seed}) if shares else None


def _given(**fields: Any) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def facts(choice: DataChoice) -> Facts:
    """What is known about the chosen data. Raises BuildError."""
    table = data_table(choice)
    records = records_of(table)
    names = [column.name for column in records.columns]
    target = choice.target if choice.target in names else records.target
    features = choice.features or tuple(name for name in records.features if name != target)
    column = records.column(target)
    classify = choice.classify
    if classify is None:
        classify = records.classify if target == records.target else None
    classes = len(column.classes) if column.words or classify else 0
    if column.words and not column.classes:
        raise BuildError("data.target", f"column “{target}”: found more than {MOST_CLASSES} different words")
    task: Task = "numbers" if not classes else "two" if classes == 2 else "many"
    chosen = tuple(records.column(name) for name in features if name in names)
    inputs = sum(len(one.classes) if one.words else 1 for one in chosen)
    return Facts(records, chosen, column, task, classes, inputs)


def task_of(choice: DataChoice) -> Task:
    """What is predicted; of sequences one of many symbols. Raises BuildError."""
    return "many" if choice.is_sequence else facts(choice).task


def text_of(choice: DataChoice) -> TextTable:
    """The sequences of a lesson file. Raises BuildError."""
    return composing_sequences.text_table(choice.sequence, _split(choice))


def preview(choice: DataChoice) -> Prepared:
    """The data as the network will read it. Raises BuildError."""
    table = data_table(choice)
    return prepared_records(records_of(table), table)


def endings_of(choice: DataChoice) -> tuple[Ending, ...]:
    """How a network for data may end: of sequences with a share for every symbol. Raises BuildError."""
    found = endings(task_of(choice))
    return tuple(one for one in found if one.activation == "softmax") if choice.is_sequence else found


def endings(task: Task) -> tuple[Ending, ...]:
    """How a network for a task may end, the usual way first."""
    return tuple(one for one in offers.ENDINGS.values() if task in one.tasks)


def losses(ending: str) -> tuple[Offer, ...]:
    """What may be minimized at an output layer, the usual one first."""
    return tuple(offers.LOSS[key] for key in offers.ENDINGS[ending].losses)


def optimizers(parameters: int) -> tuple[Offer, ...]:
    """The optimizers; Newton's step with a reason against it in a network that is too large for it."""
    too_large = (
        f"It needs a network of at most {MOST_FOR_CURVATURE} parameters, and this one has {parameters:,}."
    )
    return offers.refused(offers.OPTIMIZER, {"newton": too_large} if parameters > MOST_FOR_CURVATURE else {})


# Choices to begin with


def suggested(data: DataChoice | None = None) -> Choices:
    """A network that learns the data: what is offered before anything is chosen."""
    data = data or DataChoice()
    if data.is_sequence:
        return _suggested_sequences(data)
    task: Task = "two"
    small = data.source in ("linear", "power-plant")
    try:
        known = facts(data)
        task, rows = known.task, known.records.rows
    except BuildError:
        rows = 100
    ending = endings(task)[0].offer.key
    units = (3,) if small else (8, 8) if data.source == "spirals" else (16,) if rows > 1000 else (8,)
    return Choices(
        data,
        tuple(hidden_layer(i, count) for i, count in enumerate(units)),
        ending,
        InitialTable(method="glorot_uniform", seed=1),
        TrainingTable(
            loss=offers.ENDINGS[ending].losses[0],
            optimizer="adam",
            learning_rate=0.03 if rows < 1000 else 0.01,
            batch=10 if 40 <= rows < 1000 else "all" if rows < 40 else 32,
            order="listed" if rows < 40 else "batches",
        ),
        epochs=500 if rows < 1000 else 50,
    )


def _suggested_sequences(data: DataChoice) -> Choices:
    return Choices(
        data,
        (composing_sequences.usual_layer(data.sequence),),
        "softmax",
        InitialTable(method="glorot_uniform", seed=1),
        composing_sequences.usual_training(data.sequence),
        epochs=composing_sequences.USUAL_EPOCHS[data.source],
    )


def with_data(choices: Choices, data: DataChoice) -> Choices:
    """The same choices for other data; what was never changed follows the data, and all of it must fit."""
    before, after = suggested(choices.data), suggested(data)
    if data.is_sequence != choices.data.is_sequence:
        return after  # neither layers nor batches would fit
    untouched = {
        name: getattr(after, name)
        for name in ("hidden", "ending", "training", "epochs")
        if getattr(choices, name) == getattr(before, name)
    }
    moved = replace(choices, data=data, **untouched)
    try:
        possible = endings_of(data)
    except BuildError:
        return moved
    if moved.ending in [one.offer.key for one in possible]:
        return with_ending(moved, moved.ending)
    return with_ending(moved, possible[0].offer.key)


def with_ending(choices: Choices, ending: str) -> Choices:
    """Another output layer, with a loss that belongs to it."""
    possible, training = offers.ENDINGS[ending].losses, choices.training
    loss = training.loss if training.loss in possible else possible[0]
    return replace(choices, ending=ending, training=training.model_copy(update={"loss": loss}))


# The lesson


def compose(choices: Choices) -> LessonFile:
    """The lesson file of a network. Raises BuildError where choices do not fit each other."""
    if choices.data.is_sequence:
        return _compose_sequences(choices)
    known = facts(choices.data)
    ending = offers.ENDINGS[choices.ending]
    _check(choices, ending, known.task)
    data = data_table(choices.data)
    if ending.encoding is not None:
        data = data.model_copy(update={"encoding": ending.encoding})
    units = known.classes if ending.encoding == "one_hot" else 1
    output = DenseTable(name="Output", units=units, activation=ending.activation)
    layers = [*choices.hidden, output]
    return LessonFile(
        format=FORMAT,
        title=f"{_title(choices.data)}: {known.inputs} – {sizes(layers)}",
        summary="A network of my own.",
        network=NetworkTable(
            **_given(keep_inputs=choices.keep_inputs), initial=choices.initial, layers=layers
        ),
        data=data,
        training=_stopping(choices, known.records.rows),
        conventions=ConventionsTable(reduction="mean"),
        start=StartTable(depth="iteration"),
    )


def _compose_sequences(choices: Choices) -> LessonFile:
    """A network that remembers, with all readers of a text side by side in every batch."""
    table = text_of(choices.data)
    data = composing_sequences.prepared(table)
    streams = 0 if data.sequence is None else data.sequence.streams
    training = choices.training
    if streams:
        training = training.model_copy(update={"batch": streams, "order": "listed"})
    choices = replace(choices, training=training)
    return LessonFile(
        format=FORMAT,
        title=composing_sequences.title_of(choices.data.source, choices.hidden),
        summary="A network of my own.",
        network=NetworkTable(
            initial=choices.initial,
            layers=[*choices.hidden, composing_sequences.output_layer(table, len(data.classes))],
        ),
        data=table,
        training=_ending(choices, len(data.inputs), data.validation is not None),
        conventions=ConventionsTable(reduction="mean"),
        start=StartTable(depth="iteration"),
    )


def _title(data: DataChoice) -> str:
    return (
        data.csv.stem
        if data.csv is not None and data.source == CSV
        else {one.key: one.title for one in sources()}[data.source]
    )


def _check(choices: Choices, ending: Ending, task: Task) -> None:
    """Whether output and loss are those of the task. Raises BuildError."""
    if task not in ending.tasks:
        wanted = " or ".join(f"“{one.offer.title}”" for one in endings(task))
        what = {"numbers": "a number", "two": "one of two classes", "many": "one of many classes"}[task]
        raise BuildError("network.layers", f"found “{ending.offer.title}” to predict {what}, wanted {wanted}")
    loss = choices.training.loss
    if loss not in ending.losses:
        wanted = " or ".join(offers.LOSS[one].title for one in ending.losses)
        title = offers.LOSS[loss].title if loss in offers.LOSS else loss
        raise BuildError("training.loss", f"found {title} for “{ending.offer.title}”, wanted {wanted}")
    for place, layer in enumerate(choices.hidden):
        offered = next((one for one in offers.HIDDEN if one.key == getattr(layer, "activation", "")), None)
        if offered is not None and offered.problem:
            found = f"found {offered.title}. {offered.problem}"
            raise BuildError(f"network.layers[{place + 1}].activation", found)


def _stopping(choices: Choices, rows: int) -> TrainingTable:
    """The training with its end, of so many rows, some of which are kept."""
    kept = choices.data.validation + choices.data.test
    return _ending(choices, max(1, round(rows * (1 - kept))), choices.data.validation > 0)


def _ending(choices: Choices, trained: int, has_validation: bool) -> TrainingTable:
    """The training with its end, counted in iterations."""
    batch = choices.training.batch
    per_epoch = 1 if batch == "all" else -(-trained // min(batch, trained))
    iterations = min(MOST_ITERATIONS, choices.epochs * per_epoch)
    patience = choices.training.stop.patience if has_validation else None
    stop = StopTable(**_given(iterations=iterations, patience=patience))
    return choices.training.model_copy(update={"stop": stop})


def sizes_line(file: LessonFile, inputs: int, parameters: int) -> str:
    """A network in one line: ``2 – 8 – 8 – 1, 105 parameters``."""
    return f"{inputs} – {sizes(file.network.layers)}, {parameters:,} parameters"
