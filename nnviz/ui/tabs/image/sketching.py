"""What is drawn while a network learns: beside the data, and into it only where somebody asks for it."""

from __future__ import annotations

import numpy as np

from nnviz.engine.ops.base import Array
from nnviz.engine.ref import Ref
from nnviz.ui.context import Context
from nnviz.ui.tabs.image.pixel_pen import NO_STROKE, Scratch, differences
from nnviz.ui.tabs.image.view import ImageView
from nnviz.ui.undo import Switch


def draw(context: Context, view: ImageView, values: tuple[tuple[Ref, float], ...], stroke: int) -> None:
    """Change the image in the data."""
    context.player.edit_image(values, view.is_live, _known(stroke))


def sketch(
    context: Context, view: ImageView, before: Scratch | None, after: Scratch | None, stroke: int
) -> None:
    """Another drawing beside the data; all that belongs to one stroke is undone at once."""
    switch = Switch("drawing", view.show_scratch, before, after, _known(stroke))
    context.player.undo_stack.push(switch)


def _known(stroke: int) -> int | None:
    return None if stroke == NO_STROKE else stroke


def set_aside(context: Context, view: ImageView) -> None:
    """The images of the data as they were, and the drawing beside them. It is one step to be undone.

    A run that begins does not see what has been drawn by hand.
    """
    player, bar = context.player, view.beside
    originals, bar.originals = bar.originals, {}
    drawn = [
        (Scratch(example, np.array(player.moment.settings.inputs[example])), image)
        for example, image in originals.items()
    ]
    back = [change for now, image in drawn for change in _changes(context, now.image, image, now.example)]
    if not back or not player.timeline.graph.trains:
        return
    player.undo_stack.beginMacro("drawing set aside")
    player.edit_image(tuple(back), view.is_live)
    sketch(context, view, bar.scratch, drawn[-1][0], NO_STROKE)
    player.undo_stack.endMacro()


def use(context: Context, view: ImageView, scratch: Scratch) -> None:
    """Put a drawing into the data, in one step to be undone. A run goes on, and sees it from here on."""
    player = context.player
    was_running = player.is_running
    player.stop_running()
    own = np.asarray(player.moment.settings.inputs[scratch.example])
    changes = _changes(context, own, scratch.image, scratch.example)
    player.undo_stack.beginMacro("drawing for training")
    sketch(context, view, scratch, None, NO_STROKE)
    if changes:
        player.edit_image(changes, view.is_live)
    player.undo_stack.endMacro()
    if was_running:
        player.run_to_stop()
    else:
        name = player.textbook.example(scratch.example)
        context.say(f"From iteration {player.cursor.iteration + 1:,} on, example {name} is your drawing.")


def _changes(context: Context, before: Array, after: Array, example: int) -> tuple[tuple[Ref, float], ...]:
    """The pixels of an example that differ, as edits."""
    scope = context.player.timeline.graph.inputs.scope
    return tuple(
        (Ref(scope, cell=cell, example=example), value) for cell, value in differences(before, after)
    )
