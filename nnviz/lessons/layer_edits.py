"""The layers of a lesson file, one of them added, removed or changed; as lists that can be built anew."""

from __future__ import annotations

from collections.abc import Sequence

from nnviz.lessons.schema_layers import AnyTable, DenseTable

OF_AN_ACTIVATION = ("slope", "alpha", "threshold")  # they mean nothing to another one

Layers = Sequence[AnyTable]


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
        update |= {"activation": activation, **dict.fromkeys(OF_AN_ACTIVATION)}
    if keep is not None and keep != chance(table.keep):
        update["keep"] = field_of(keep)
    return table.model_copy(update=update) if update else table


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
    before = [one for one in layers[:place] if isinstance(one, DenseTable)]
    like = before[-1] if before else hidden_layer(0)
    names = {one.name for one in layers}
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
