"""All graphics items of one network: made once, laid out per size, changed per moment."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from PySide6.QtWidgets import QGraphicsScene

from nnviz.engine.graph import Graph
from nnviz.engine.outline import Kind, Pass
from nnviz.engine.textbook import Textbook
from nnviz.ui.items.columns import ColumnItem, InputItem, LossItem, StripItem, TargetItem
from nnviz.ui.items.edge import EdgeItem, EdgeLabel
from nnviz.ui.items.neuron import NeuronItem
from nnviz.ui.items.number import NumberItem
from nnviz.ui.layout.annotations import (
    Annotations,
    LabelPlace,
    annotate,
    has_edges,
    labels_when_lit,
    slope_tag,
)
from nnviz.ui.layout.geometry import Box, Point
from nnviz.ui.layout.labels import Edge
from nnviz.ui.layout.network import RADIUS, NetworkLayout, Shape, arrange
from nnviz.ui.picture.conditions import Condition
from nnviz.ui.picture.network import picture_of
from nnviz.ui.picture.parts import EdgePart, NetworkPicture, NeuronPart, ParameterPart
from nnviz.ui.picture.reader import Reader
from nnviz.ui.picture.tiles import Tiles, has_tiles

AnyItem = TypeVar("AnyItem", bound=NumberItem)


class Scenery:
    """The items on a scene and the parts of the picture that they show."""

    def __init__(self, scene: QGraphicsScene, graph: Graph, textbook: Textbook) -> None:
        self._scene = scene
        layers = tuple(layer.units for layer in graph.layers)
        self.shape = Shape(graph.inputs.shape[0], layers, graph.target is not None)
        self._has_bias = tuple(layer.b is not None for layer in graph.dense)
        self.layout: NetworkLayout = arrange(self.shape, 866, 572)
        self._names = textbook.notation.input_names
        self.notes: Annotations  # made by `arrange`, for the size of the view
        self.drawn = frozenset(i for i in range(len(layers)) if has_edges(self.layout, i))
        self.conditions: tuple[Condition, ...] = ()
        self._digits = 4
        self._shown: NetworkPicture | None = None
        self._known_places: dict[tuple[int, tuple[Edge, ...], tuple[int, ...]], dict[Edge, LabelPlace]] = {}
        self._slope_boxes: dict[tuple[int, int], Box] = {}
        self._make()

    def _make(self) -> None:
        shape = self.shape
        self._columns = [self._added(ColumnItem()) for _ in shape.columns]
        inputs = 0 if 0 in shape.strips else shape.inputs
        self._inputs = [self._added(InputItem()) for _ in range(inputs)]
        self._neurons = {
            (layer, unit): self._added(NeuronItem())
            for layer, units in enumerate(shape.layers)
            if layer + 1 not in shape.strips
            for unit in range(units)
        }
        outputs = shape.layers[-1]
        targets = outputs if shape.has_target and len(shape.layers) not in shape.strips else 0
        self._targets = [self._added(TargetItem()) for _ in range(targets)]
        self._strips = {column: self._added(StripItem()) for column in shape.strips}
        self._loss = self._added(LossItem())
        self._edges: dict[Edge, tuple[EdgeItem, EdgeLabel]] = {}

    def _added(self, item: AnyItem) -> AnyItem:
        self._scene.addItem(item)
        return item

    # Places

    @property
    def shrunk(self) -> float:
        """How much smaller than their full measure neurons are laid out."""
        return self.layout.sizes.radius / RADIUS

    def arrange(self, width: float, height: float, digits: int) -> NetworkLayout:
        """Lay everything out for a view of this size."""
        self._digits = digits
        self.layout = arrange(self.shape, width, height, digits)
        self.notes = annotate(self.layout, digits, self._has_bias, self._names)
        for index, column in enumerate(self._columns):
            column.place(self.layout, index)
        for unit, item in enumerate(self._inputs):
            item.place(self.layout, unit)
        for (layer, unit), neuron in self._neurons.items():
            neuron.place(self.layout, self.notes, layer, unit)
        for unit, target in enumerate(self._targets):
            target.place(self.layout, unit)
        for index, strip in self._strips.items():
            strip.place(self.layout, index)
        self._loss.place(self.layout)
        for edge, (line, _) in self._edges.items():
            line.place(self.layout.edge(*edge), self.layout.sizes)
        self._shown = None
        self._known_places.clear()
        self._slope_boxes.clear()
        return self.layout

    # Moments

    def show(self, reader: Reader) -> tuple[str, Pass | None]:
        """Show a moment; gives what stands below the weights, in words, and the pass it belongs to."""
        picture = picture_of(reader, self.shape, self.drawn)
        tiles = Tiles(reader.moment) if has_tiles(reader.moment.graph) else None
        for neuron in self._neurons.values():
            neuron.show_tiles(tiles)
        self.conditions = picture.conditions
        stage = reader.moment.stage
        self.show_picture(picture, is_loss=stage is not None and stage.kind is Kind.LOSS)
        return picture.below

    def show_picture(self, picture: NetworkPicture, is_loss: bool) -> None:
        """Change what differs from the picture shown before."""
        before = self._shown
        self._shown = picture
        for index, column in enumerate(picture.columns):
            if before is None or before.columns[index] != column:
                self._columns[index].show_part(column)
        for index, one in enumerate(picture.inputs):
            if before is None or before.inputs[index] != one:
                self._inputs[index].show_part(one)
        for index, target in enumerate(picture.targets):
            if before is None or before.targets[index] != target:
                self._targets[index].show_part(target)
        for index, strip in picture.strips.items():
            if before is None or before.strips[index] != strip:
                self._strips[index].show_part(strip)
        self._loss.show_part(picture.loss, is_loss)
        places = self._label_places(picture)
        self._show_edges(picture, places)
        self._show_neurons(picture, places)

    def _show_neurons(self, picture: NetworkPicture, places: dict[Edge, LabelPlace]) -> None:
        for key, part in picture.neurons.items():
            shown = part if self._bias_has_room(key, part, places) else _with_bias_alone(part)
            if self._neurons[key].part != shown:
                self._neurons[key].show_part(shown, self._slope_box(key, shown))

    def _bias_has_room(self, key: tuple[int, int], part: NeuronPart, places: dict[Edge, LabelPlace]) -> bool:
        """Whether a second number may stand below the bias of a neuron."""
        if key[0] in self.notes.roomy or part.bias is None or part.bias.below is None:
            return True
        if part.bias_into is None or key not in self.notes.biases:
            return False
        place, size = self.notes.biases[key], self.notes.size
        below = Box(place.room.x, place.at.y + size.above, place.room.width, size.below - size.above)
        labels = (size if one.has_below else size.one_line() for one in places.values())
        rooms = (label.box(one.at) for label, one in zip(labels, places.values(), strict=True))
        return all(room.overlap(below) <= 0 for room in rooms)

    def _slope_box(self, key: tuple[int, int], part: NeuronPart) -> Box | None:
        if part.slope is None:
            return None
        if key not in self._slope_boxes:
            self._slope_boxes[key] = slope_tag(self.layout, self.notes, *key, self._digits)
        return self._slope_boxes[key]

    def _show_edges(self, picture: NetworkPicture, places: dict[Edge, LabelPlace]) -> None:
        self._forget_edges(picture)
        for edge, part in picture.edges.items():
            line, label = self._edge_items(edge)
            place = places.get(edge)
            at = place.at if place else None
            if place is not None and not place.has_below:
                part = _without_below(part)
            if line.part != part or label.at != at:
                line.show_part(part)
                label.show_part(part, at, self.layout.sizes)

    def _edge_items(self, edge: Edge) -> tuple[EdgeItem, EdgeLabel]:
        if edge not in self._edges:
            items = (self._added(EdgeItem()), self._added(EdgeLabel()))
            items[0].place(self.layout.edge(*edge), self.layout.sizes)
            self._edges[edge] = items
        return self._edges[edge]

    def _forget_edges(self, picture: NetworkPicture) -> None:
        """Edges of a large layer come and go with the unit that is looked at."""
        for edge in [edge for edge in self._edges if edge not in picture.edges]:
            for item in self._edges.pop(edge):
                self._scene.removeItem(item)

    def _label_places(self, picture: NetworkPicture) -> dict[Edge, LabelPlace]:
        places: dict[Edge, LabelPlace] = {}
        for layer in range(len(self.shape.layers)):
            parts = {edge: part for edge, part in picture.edges.items() if edge[0] == layer}
            if parts:
                places |= self._places_when_lit(layer, _lit(parts), _lit_units(picture, layer))
        tags = [self._slope_box(key, part) for key, part in picture.neurons.items() if part.slope is not None]
        return {
            edge: place
            for edge, place in places.items()
            if not self._is_covered(picture.edges.get(edge), place.at, tags)
        }

    def _is_covered(self, part: EdgePart | None, at: Point, tags: list[Box | None]) -> bool:
        """A label that the step is not about goes while the tag of a slope stands in its place."""
        if part is None or part.into is not None or part.parameter.value.tag:
            return False
        room = self.notes.size.one_line().box(at).grown(-3)
        return any(tag.overlap(room) > 0 for tag in tags if tag is not None)

    def _places_when_lit(
        self, layer: int, lit: tuple[Edge, ...], units: tuple[int, ...]
    ) -> dict[Edge, LabelPlace]:
        key = (layer, lit, units)
        if key not in self._known_places:
            self._known_places[key] = labels_when_lit(self.layout, self.notes, layer, lit, units)
        return self._known_places[key]


def _lit(parts: dict[Edge, EdgePart]) -> tuple[Edge, ...]:
    """The edges that somebody looks at: in this step, as a factor or term of it, or with the pointer."""
    return tuple(edge for edge, part in parts.items() if part.into is not None or _is_noticed(part))


def _is_noticed(part: EdgePart) -> bool:
    value, below = part.parameter.value, part.parameter.below
    is_term = below is not None and below.is_echo
    return is_term or bool(value.tag) or value.is_pointed or value.is_selected


def _lit_units(picture: NetworkPicture, layer: int) -> tuple[int, ...]:
    """The units whose bias shows a second number though there is not room for all of them."""
    return tuple(
        unit
        for (of, unit), part in picture.neurons.items()
        if of == layer
        and part.bias_into is not None
        and part.bias is not None
        and part.bias.below is not None
    )


def _with_bias_alone(part: NeuronPart) -> NeuronPart:
    return part if part.bias is None else replace(part, bias=_alone(part.bias))


def _without_below(part: EdgePart) -> EdgePart:
    return replace(part, parameter=_alone(part.parameter))


def _alone(part: ParameterPart) -> ParameterPart:
    """Where there is no room for two numbers, the new weight or else the weight."""
    value = part.below if part.is_replaced and part.below is not None else part.value
    return ParameterPart(value, None, False, part.weight)
