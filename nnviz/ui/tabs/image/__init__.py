"""The image that the network reads, to be drawn on."""

from functools import partial

from nnviz.ui.context import Context
from nnviz.ui.tabs.image import sketching
from nnviz.ui.tabs.image.view import ImageView


def make(context: Context) -> ImageView:
    view, player = ImageView(), context.player
    view.drawn.connect(partial(sketching.draw, context, view))
    view.beside.sketched.connect(partial(sketching.sketch, context, view))
    view.beside.used.connect(partial(sketching.use, context, view))
    view.target_chosen.connect(player.edit_many)
    view.live_toggled.connect(lambda live: player.to_output() if live else None)
    view.beside.set_training(player.is_running)
    player.running_changed.connect(view.beside.set_training)
    player.run_requested.connect(partial(sketching.set_aside, context, view))
    player.lesson_left.connect(view.forget_drawings)
    return view
