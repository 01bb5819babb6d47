"""How the open network learns, and its layers."""

from functools import partial

from nnviz.ui.context import Context
from nnviz.ui.own_network import apply_choices
from nnviz.ui.tabs.learning.view import LearningView

WAITING = "Running with the old settings: what is chosen in the tab Learning waits for Apply."


def make(context: Context) -> LearningView:
    view = LearningView()
    view.applied.connect(partial(apply_choices, context))
    context.player.running_changed.connect(partial(_warn, context, view))
    return view


def _warn(context: Context, view: LearningView, is_running: bool) -> None:
    """A run that begins while choices wait for Apply runs without them."""
    if is_running and view.changes:
        context.say(WAITING, stays=True)
