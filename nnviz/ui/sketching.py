"""What is drawn while a network learns: beside the data, and into it only where somebody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnviz.engine.ops.base import Array
from nnviz.engine.ref import Ref
from nnviz.ui.pixel_pen import Scratch, differences
from nnviz.ui.undo import Switch

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow


def sketch(window: MainWindow, before: Scratch | None, after: Scratch | None, stroke: int) -> None:
    """Another drawing beside the data; all that belongs to one stroke is undone at once."""
    of = None if stroke < 0 else stroke
    window.player.undo_stack.push(Switch("drawing", window.image.show_scratch, before, after, of))


def toggle_run(window: MainWindow) -> None:
    """Run or stop; a run that begins does not see what has been drawn by hand."""
    if not window.player.is_running:
        _set_aside(window)
    window.player.toggle_run()


def _set_aside(window: MainWindow) -> None:
    """The images of the data as they were, and the drawing beside them. It is one step to be undone."""
    player, bar = window.player, window.image.beside
    originals, bar.originals = bar.originals, {}
    drawn = [
        (Scratch(example, np.array(player.moment.settings.inputs[example])), image)
        for example, image in originals.items()
    ]
    back = [change for now, image in drawn for change in _changes(window, now.image, image, now.example)]
    if not back or not player.timeline.graph.trains:
        return
    player.undo_stack.beginMacro("drawing set aside")
    player.edit_image(tuple(back))
    sketch(window, bar.scratch, drawn[-1][0], -1)
    player.undo_stack.endMacro()


def use(window: MainWindow, scratch: Scratch) -> None:
    """Put a drawing into the data, in one step to be undone. A run goes on, and sees it from here on."""
    player = window.player
    was_running = player.is_running
    player.stop_running()
    own = np.asarray(player.moment.settings.inputs[scratch.example])
    changes = _changes(window, own, scratch.image, scratch.example)
    player.undo_stack.beginMacro("drawing for training")
    sketch(window, scratch, None, -1)
    if changes:
        player.edit_image(changes)
    player.undo_stack.endMacro()
    if was_running:
        player.run_to_stop()
    else:
        name = player.textbook.example(scratch.example)
        window.say(f"From iteration {player.cursor.iteration + 1:,} on, example {name} is your drawing.")


def _changes(window: MainWindow, before: Array, after: Array, example: int) -> tuple[tuple[Ref, float], ...]:
    """The pixels of an example that differ, as edits."""
    scope = window.player.timeline.graph.inputs.scope
    return tuple(
        (Ref(scope, cell=cell, example=example), value) for cell, value in differences(before, after)
    )
