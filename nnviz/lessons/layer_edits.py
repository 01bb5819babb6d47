"""The layers of a lesson file, one of them added, removed or changed; as lists that can be built anew."""

from __future__ import annotations

from collections.abc import Sequence

from nnviz.engine.numbers import counted
from nnviz.engine.recurrent_layers import CELLS
from nnviz.lessons.schema_layers import OF_ACTIVATIONS, AnyTable, DenseTable
from nnviz.lessons.schema_sequences import RecurrentTable, StatesTable

Layers = Sequence[AnyTable]
NOW = " → "


def hidden_layer(place: int, units: int = 8, activation: str = "tanh") -> DenseTable:
    """A hidden layer, counted from 0, as it is first offered."""
    return DenseTable(name=f"Hidden {place + 1}", units=units, activation=activation)


def changed(
    table: DenseTable, *, units: int | None = None, activation: str | None = None, keep: float | None = None
) -> DenseTable:
    """A layer with another size, activation or dropout; what is None or no other stays as it is."""
    update: dict[str, object] = {}
    if units is not None and units != table.units:
        update["units"] = units
    if activation is not None and activation != table.activation:
        update |= {"activation": activation, **dict.fromkeys(OF_ACTIVATIONS)}
    if keep is not None and keep != chance(table.keep):
        update["keep"] = field_of(keep)
    return table.model_copy(update=update) if update else table


def changed_cell(
    table: RecurrentTable, *, kind: str | None = None, units: int | None = None, keep: float | None = None
) -> RecurrentTable:
    """A recurrent layer of another kind, size or dropout; what is None or no other stays as it is.

    What the other kind does not have goes with the old one; a start that is given grows by zeros.
    """
    update: dict[str, object] = {}
    if kind is not None and kind != table.kind:
        update |= {"kind": kind, "activation": "tanh", "forget_bias": None}
        update |= {name: _without_c(kind, states) for name, states in _given_states(table).items()}
    if units is not None and units != table.units:
        update["units"] = units
        states = {**_given_states(table), **update}
        update |= {name: _resized(states[name], units) for name in _given_states(table)}
    if keep is not None and keep != chance(table.keep):
        update["keep"] = field_of(keep)
    return table.model_copy(update=update) if update else table


def _given_states(table: RecurrentTable) -> dict[str, object]:
    """The states and errors at both ends that a lesson gives."""
    given = {"start": table.start, "later": table.later}
    return {name: states for name, states in given.items() if states not in (None, StatesTable())}


def _without_c(kind: str, states: object) -> object:
    return (
        states
        if "c" in CELLS[kind].memories or not isinstance(states, StatesTable)
        else StatesTable(h=states.h)
    )


def _resized(states: object, units: int) -> object:
    if not isinstance(states, StatesTable):
        return states
    sized = {
        name: None if one is None else (one + [0.0] * units)[:units]
        for name, one in (("h", states.h), ("c", states.c))
    }
    return StatesTable.model_validate({name: one for name, one in sized.items() if one is not None})


def chance(keep: float | None) -> float:
    """The probability with which a field `keep` or `keep_inputs` keeps a number."""
    return 1.0 if keep is None else keep


def field_of(chance: float) -> float | None:
    """The field for a probability: none where everything is kept."""
    return None if chance >= 1.0 else chance


def with_changed(layers: Layers, place: int, table: AnyTable) -> list[AnyTable]:
    """The layers with another one at a place."""
    return [*layers[:place], table, *layers[place + 1 :]]


def with_added(layers: Layers, place: int) -> list[AnyTable]:
    """A hidden layer more at a place, like the one in front of it."""
    before = [one for one in layers[:place] if isinstance(one, DenseTable | RecurrentTable)]
    like = before[-1] if before else hidden_layer(0)
    names = {one.name for one in layers}
    if isinstance(like, RecurrentTable):
        numbered = (f"Memory {number}" for number in range(2, len(layers) + 3))
        name = next(one for one in numbered if one not in names)
        more = RecurrentTable(name=name, kind=like.kind, units=like.units)
        return [*layers[:place], more, *layers[place:]]
    free = next(i for i in range(len(layers) + 1) if hidden_layer(i).name not in names)
    return [*layers[:place], hidden_layer(free, like.units, like.activation), *layers[place:]]


def with_removed(layers: Layers, place: int) -> list[AnyTable]:
    """Without one layer."""
    return [*layers[:place], *layers[place + 1 :]]


def sizes(layers: Layers) -> str:
    """How many units each layer has: ``8 – 8 – 1``."""
    return " – ".join(str(one.units) for one in layers if isinstance(one, DenseTable))


def retitled(title: str, before: Layers, after: Layers) -> str:
    """The title of a lesson with other layers, where it ends with the sizes of those it had."""
    end = f" – {sizes(before)}"
    return f"{title.removesuffix(end)} – {sizes(after)}" if title.endswith(end) else title


def titled_now(title: str, layers: Layers, pieces: int | None) -> str:
    """The title of a lesson on sequences, and behind it which cells it has now, and how long its pieces are.

    >>> titled_now("Names", [RecurrentTable(name="Memory", kind="lstm", units=64)], 20)
    'Names → LSTM 64, 20 steps'
    """
    steps = "" if pieces is None else f", {counted(pieces, 'step')}"
    return f"{title.partition(NOW)[0]}{NOW}{', '.join(map(' '.join, cells(layers)))}{steps}"


def summed_up_now(title: str) -> str:
    """What is said of a lesson on sequences that has other cells or pieces than those it was written for."""
    return f"Made from “{title.partition(NOW)[0]}” with another network or pieces of another length."


def cells(layers: Layers) -> list[tuple[str, str]]:
    """The kinds of the recurrent layers and how many units they have."""
    return [(CELLS[one.kind].title, str(one.units)) for one in layers if isinstance(one, RecurrentTable)]
