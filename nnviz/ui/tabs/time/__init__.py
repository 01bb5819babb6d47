"""A recurrent network through time."""

from nnviz.ui.context import Context
from nnviz.ui.views.through_time import ThroughTimeView


def make(context: Context) -> ThroughTimeView:
    return ThroughTimeView()
