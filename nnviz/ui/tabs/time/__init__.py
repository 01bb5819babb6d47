"""A recurrent network through time."""

from nnviz.ui.context import Context
from nnviz.ui.tabs.time.view import TimeView


def make(context: Context) -> TimeView:
    return TimeView()
