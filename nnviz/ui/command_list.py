"""The list of everything the window can do, with its keys: the help is made from it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from nnviz.engine.outline import Depth, depths_of
from nnviz.ui.commands import Command
from nnviz.ui.context import Context
from nnviz.ui.layout.names import depth_name
from nnviz.ui.leaving import leave
from nnviz.ui.loss.view import LossView
from nnviz.ui.own_network import new_network, restart_otherwise, save_as, show_learning, try_restarts
from nnviz.ui.player import Player
from nnviz.ui.style import theme
from nnviz.ui.toolbar import Toolbar
from nnviz.ui.views.canvas import NetworkView


class Window(Protocol):
    """What commands ask of the window itself."""

    canvas: NetworkView
    loss: LossView
    toolbar: Toolbar

    def on_escape(self) -> None: ...
    def fold_outline(self) -> None: ...
    def fold_tables(self) -> None: ...
    def toggle_full_screen(self) -> None: ...
    def show_help(self) -> None: ...
    def edit_selected(self) -> None: ...
    def choose_file(self) -> None: ...
    def close(self) -> bool: ...


def commands_of(context: Context, window: Window) -> list[Command]:
    """All commands of a window, in the order in which the help shows them."""
    player = context.player
    return [*_steps(player), *_depths(player), *_sights(player, window), *_changes(context, window)]


def _steps(p: Player) -> list[Command]:
    group = "Step"
    return [
        Command("step", ("Right", "Space", "PgDown"), group, p.step),
        Command("back", ("Left", "PgUp"), group, p.back),
        Command("into the next place, one depth finer", ("Down", "Return", "Enter"), group, p.into),
        Command("out of this place, one depth coarser", ("Up",), group, p.out),
        Command("a layer on", ("Shift+Right",), group, partial(p.over, Depth.LAYER)),
        Command("a layer back", ("Shift+Left",), group, partial(p.back_by, Depth.LAYER)),
        Command("a pass on", ("Ctrl+Right",), group, partial(p.over, Depth.PASS)),
        Command("a pass back", ("Ctrl+Left",), group, partial(p.back_by, Depth.PASS)),
        Command("to the start", ("Home",), group, p.to_start),
        Command("to the end of what has been run", ("End",), group, p.to_end),
        Command("play or pause", ("P",), group, p.toggle_play),
        Command("run to the stop criterion, or stop", ("G",), group, p.toggle_run),
    ]


def _depths(player: Player) -> list[Command]:
    """The keys 1, 2, 3 … are the depths of the network on the canvas, from finest to coarsest."""

    def choose(place: int) -> None:
        depths = depths_of(player.timeline.graph)
        if place < len(depths):
            player.set_depth(depths[place])

    return [
        Command(_one_step(place), (str(place + 1),), "Depth", partial(choose, place))
        for place in range(len(Depth))
    ]


def _one_step(place: int) -> str:
    """What one step is at a place among the depths, in plain networks, with maps and with steps of time."""
    plain = [_with_article(depth) for depth in Depth if depth is not Depth.MAP]
    maps = [_with_article(depth, has_maps=True) for depth in Depth]
    steps = [_with_article(depth, has_steps=True) for depth in Depth]
    if place >= len(plain):
        return f"in a network with feature maps or sequences, one step is {maps[place]}"
    text = f"one step is {plain[place]}"
    if maps[place] == steps[place] != plain[place]:
        return f"{text}; in a network with feature maps or sequences {maps[place]}"
    text += f"; in a network with feature maps {maps[place]}" if maps[place] != plain[place] else ""
    return f"{text}; with sequences {steps[place]}" if steps[place] != plain[place] else text


def _with_article(depth: Depth, has_maps: bool = False, has_steps: bool = False) -> str:
    return f"a{'n' if depth >= Depth.ITERATION else ''} {depth_name(depth, has_maps, has_steps)}"


def _sights(p: Player, window: Window) -> list[Command]:
    canvas, group = window.canvas, "See"
    return [
        Command("next example", ("E",), group, p.next_example),
        Command("previous example", ("Shift+E",), group, partial(p.next_example, -1)),
        Command("more digits", ("D",), group, lambda: p.set_digits(p.digits + 1)),
        Command("fewer digits", ("Shift+D",), group, lambda: p.set_digits(p.digits - 1)),
        Command("back from a number to the step", ("Esc",), group, window.on_escape),
        Command("zoom in", ("Ctrl++", "Ctrl+="), group, canvas.zoom_in),
        Command("zoom out", ("Ctrl+-",), group, canvas.zoom_out),
        Command("fit the network into the canvas", ("Ctrl+0",), group, canvas.fit),
        Command("show or fold the outline", ("O",), group, window.fold_outline),
        Command("show or fold the curves and tables", ("B",), group, window.fold_tables),
        Command("pin the loss curve, to compare the next run with it", ("K",), group, window.loss.pin),
        Command("light or dark theme", ("T",), group, theme().toggle),
        Command("full screen", ("F11",), group, window.toggle_full_screen),
        Command("this help", ("?", "F1"), group, window.show_help),
    ]


def _changes(context: Context, window: Window) -> list[Command]:
    p, group = context.player, "Change"

    def own(run: Callable[[Context], None]) -> Callable[[], None]:
        return partial(run, context)

    return [
        Command("type over the selected number", ("F2",), group, window.edit_selected),
        Command("undo", ("Ctrl+Z",), group, p.undo),
        Command("redo", ("Ctrl+Shift+Z", "Ctrl+Y"), group, p.redo),
        Command("restart with the initial weights", ("R",), group, p.restart),
        Command("restart with other first weights", ("Shift+R",), group, own(restart_otherwise)),
        Command("try several first weights, and keep the best", ("Ctrl+R",), group, own(try_restarts)),
        Command("change how the network learns, and its layers", ("Ctrl+E",), group, own(show_learning)),
        Command("new network", ("Ctrl+N",), group, partial(leave, context, own(new_network))),
        Command("save as a lesson file", ("Ctrl+S",), group, own(save_as)),
        Command("choose a lesson", ("Ctrl+L",), group, window.toolbar.open_menu),
        Command("open a lesson file", ("Ctrl+O",), group, window.choose_file),
        Command("quit", ("Ctrl+Q",), group, window.close),
    ]
