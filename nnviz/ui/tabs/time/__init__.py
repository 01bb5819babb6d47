"""A recurrent network through time."""

from nnviz.ui.context import Context
from nnviz.ui.tabs.time.view import ThroughTimeView


def make(context: Context) -> ThroughTimeView:
    return ThroughTimeView()
