"""What is drawn while a network learns: beside the data, and into it only where somebody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnviz.engine.ref import Ref
from nnviz.ui.pixel_pen import Scratch, differences
from nnviz.ui.undo import Switch

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow


def sketch(window: MainWindow, before: Scratch | None, after: Scratch | None, stroke: int) -> None:
    """Another drawing beside the data; all that belongs to one stroke is undone at once."""
    of = None if stroke < 0 else stroke
    window.player.undo_stack.push(Switch("drawing", window.image.show_scratch, before, after, of))


def use(window: MainWindow, scratch: Scratch) -> None:
    """Put a drawing into the data, in one step to be undone. A run goes on, and sees it from here on."""
    player = window.player
    was_running = player.is_running
    player.stop_running()
    inputs, own = player.timeline.graph.inputs.scope, player.moment.settings.inputs[scratch.example]
    changed = tuple(
        (Ref(inputs, cell=cell, example=scratch.example), value)
        for cell, value in differences(np.asarray(own), scratch.image)
    )
    player.undo_stack.beginMacro("drawing for training")
    sketch(window, scratch, None, -1)
    if changed:
        player.edit_image(changed)
    player.undo_stack.endMacro()
    if was_running:
        player.run_to_stop()
    else:
        name = player.textbook.example(scratch.example)
        window.say(f"From iteration {player.cursor.iteration + 1:,} on, example {name} is your drawing.")
