"""How the open network learns, and its layers."""

from functools import partial
from typing import Any

from nnviz.ui.context import Context
from nnviz.ui.own_network import apply_choices
from nnviz.ui.tabs.learning.view import LearningView

WAITING = "Running with the old settings: what is chosen in the tab Learning waits for Apply."


def make(context: Context) -> LearningView:
    view = LearningView()
    view.applied.connect(partial(_apply, context, view))
    view.waiting.connect(partial(context.tabs.mark, "learning"))
    context.player.lesson_left.connect(view.show_again)
    context.player.running_changed.connect(partial(_warn, context, view))
    return view


def _apply(context: Context, view: LearningView, *choices: Any) -> None:
    """Go on with all that is chosen: nothing of it waits any more."""
    if apply_choices(context, *choices):
        view.show_again()


def _warn(context: Context, view: LearningView, is_running: bool) -> None:
    """A run that begins while choices wait for Apply runs without them."""
    if is_running and view.changes:
        context.say(WAITING, stays=True)
