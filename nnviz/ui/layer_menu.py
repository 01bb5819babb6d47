"""The menu of a layer on the canvas: neurons, activation function, a layer more or less."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from nnviz.engine.recurrent import RecurrentLayer
from nnviz.lessons.offers import ACTIVATION, CELL, HIDDEN, Offer
from nnviz.ui import style
from nnviz.ui.context import Context
from nnviz.ui.layer_rows import MOST_LAYERS, MOST_UNITS, is_cell
from nnviz.ui.own_network import apply_choices, restart_otherwise, show_learning, try_restarts
from nnviz.ui.plain import caption

if TYPE_CHECKING:
    from nnviz.engine.graph import Graph
    from nnviz.ui.views.canvas import NetworkView

Apply = Callable[[list[Any]], object]


def open_menu(context: Context, canvas: NetworkView, at: QPoint) -> None:
    """The menu of the layer under a point of the canvas."""
    menu = make_menu(context, scope_at(canvas, at))
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(canvas.board.mapToGlobal(at))


def scope_at(canvas: NetworkView, at: QPoint) -> str | None:
    """The layer whose number is under a point or, where neurons stand in columns, the nearest column.

    Beside the numbers of sequences it is the layer that remembers, where there is one.

    The data has the scope of the inputs. None where there is nothing to tell by.
    """
    graph, board = canvas.graph, canvas.board
    if graph is None:
        return None
    number = board.number_at(at)
    if number is not None and number.ref.scope in graph:
        layer = graph.layer_of(graph[number.ref.scope])
        return layer.scope if layer is not None else number.ref.scope
    if graph.has_steps:
        cells = [layer.scope for layer in graph.layers if isinstance(layer, RecurrentLayer)]
        return cells[0] if len(cells) == 1 else None
    if graph.has_maps:
        return None
    columns = {graph.inputs.scope: graph.inputs.scope} | {one.a.scope: one.scope for one in graph.layers}
    x = board.mapToScene(at).x()
    placed = (one for item in board.items_with_numbers() for one in item.placed)
    shown = [one for one in placed if one.number.ref.scope in columns]
    nearest = min(shown, key=lambda one: abs(one.rect.center().x() - x), default=None)
    return None if nearest is None else columns[nearest.number.ref.scope]


def make_menu(context: Context, scope: str | None) -> QMenu:
    """What can be done with a layer, and with the whole network."""
    from nnviz.lessons.network import scope_of

    lesson = context.player.lesson
    assert lesson is not None
    tables = list(lesson.file.network.layers)
    menu = QMenu(context.window)
    menu.setFont(style.font(style.CONTROL))
    menu.setToolTipsVisible(True)
    place = next((i for i, one in enumerate(tables) if scope_of(one) == scope), None)
    apply = partial(apply_choices, context, {})
    if place is not None:
        _add_layer_entries(menu, tables, place, apply)
    elif _is_row_of_numbers(lesson.timeline.graph, scope):
        _note(menu, "Inputs: as many as the data has columns")
        _add_layer(menu, "Add a layer after the inputs", tables, 0, apply)
    if menu.actions():
        menu.addSeparator()
    _entry(menu, "Layers and training…\tCtrl+E", partial(show_learning, context))
    _entry(menu, "Restart with other first weights\tShift+R", partial(restart_otherwise, context))
    _entry(menu, "Try several first weights…\tCtrl+R", partial(try_restarts, context))
    return menu


def _is_row_of_numbers(graph: Graph, scope: str | None) -> bool:
    """Whether a scope is that of inputs which are no image and no sequence."""
    return scope == graph.inputs.scope and not graph.has_maps and not graph.has_steps


def _add_layer_entries(menu: QMenu, tables: Sequence[Any], place: int, apply: Apply) -> None:
    """The entries of one layer: all of a hidden one, few of the output, which the data decides."""
    table = tables[place]
    if is_cell(table):
        _add_cell_entries(menu, tables, place, apply)
        return
    if table.kind != "dense":
        _note(menu, f"{table.name}: see the tab Filters")
        return
    _note(menu, f"{table.name}: {_counted(table.units)}, {ACTIVATION[table.activation].title}")
    if place == len(tables) - 1:
        _note(menu, "The data decides how a network ends")
        _add_layer(menu, f"Add a layer in front of {table.name}", tables, place, apply)
        return
    _add_units(menu, tables, place, apply)
    _add_choices(
        menu, "Activation function", HIDDEN, table.activation, partial(_activate, tables, place, apply)
    )
    menu.addSeparator()
    _add_layer(menu, f"Add a layer after {table.name}", tables, place + 1, apply)
    _entry(menu, f"Remove {table.name}", lambda: apply(_removed(tables, place)))


def _add_cell_entries(menu: QMenu, tables: Sequence[Any], place: int, apply: Apply) -> None:
    """The entries of a layer that remembers; the last of these stays."""
    table = tables[place]
    _note(menu, f"{table.name}: {_counted(table.units)}, {CELL[table.kind].title}")
    _add_units(menu, tables, place, apply)
    _add_choices(menu, "Kind of cell", CELL.values(), table.kind, partial(_remember, tables, place, apply))
    menu.addSeparator()
    _add_layer(menu, f"Add a layer after {table.name}", tables, place + 1, apply)
    remove = _entry(menu, f"Remove {table.name}", lambda: apply(_removed(tables, place)))
    if sum(map(is_cell, tables)) == 1:
        remove.setEnabled(False)
        remove.setToolTip("It is the only layer that remembers")


def _add_units(menu: QMenu, tables: Sequence[Any], place: int, apply: Apply) -> None:
    units = tables[place].units
    more = _entry(menu, "Add a neuron", lambda: apply(_changed(tables, place, units=units + 1)))
    more.setEnabled(units < MOST_UNITS)
    fewer = _entry(menu, "Remove the last neuron", lambda: apply(_changed(tables, place, units=units - 1)))
    fewer.setEnabled(units > 1)
    if units == 1:
        fewer.setToolTip("It is the only one: remove the layer")


def _add_choices(
    menu: QMenu, title: str, offered: Iterable[Offer], now: str, choose: Callable[[str], None]
) -> None:
    """One of some offers; those that are not possible are faded and say why."""
    below = QMenu(title, menu)
    below.setFont(menu.font())
    below.setToolTipsVisible(True)
    group = QActionGroup(below)
    for offer in offered:
        action = _entry(below, offer.title, partial(_choose, offer.key, now, choose))
        action.setCheckable(True)
        action.setChecked(offer.key == now)
        action.setEnabled(not offer.problem)
        action.setToolTip(offer.problem or offer.sentence)
        group.addAction(action)
    menu.addMenu(below)


def _choose(key: str, now: str, choose: Callable[[str], None]) -> None:
    if key != now:
        choose(key)


def _activate(tables: Sequence[Any], place: int, apply: Apply, key: str) -> None:
    apply(_changed(tables, place, activation=key))


def _remember(tables: Sequence[Any], place: int, apply: Apply, key: str) -> None:
    apply(_changed(tables, place, kind=key))


def _add_layer(menu: QMenu, text: str, tables: Sequence[Any], place: int, apply: Apply) -> None:
    from nnviz.lessons.layer_edits import with_added

    action = _entry(menu, text, lambda: apply(with_added(tables, place)))
    action.setEnabled(len(tables) < MOST_LAYERS)


def _changed(tables: Sequence[Any], place: int, **changes: Any) -> list[Any]:
    from nnviz.lessons.layer_edits import changed, changed_cell, with_changed

    change = changed_cell if is_cell(tables[place]) else changed
    return with_changed(tables, place, change(tables[place], **changes))


def _removed(tables: Sequence[Any], place: int) -> list[Any]:
    from nnviz.lessons.layer_edits import with_removed

    return with_removed(tables, place)


def _entry(menu: QMenu, text: str, run: Callable[[], object]) -> QAction:
    action = QAction(caption(text), menu)
    action.triggered.connect(lambda _=False: run())
    menu.addAction(action)
    return action


def _note(menu: QMenu, text: str) -> None:
    """A line that only tells."""
    action = QAction(caption(text), menu)
    action.setEnabled(False)
    menu.addAction(action)


def _counted(units: int) -> str:
    return "1 neuron" if units == 1 else f"{units:,} neurons"
