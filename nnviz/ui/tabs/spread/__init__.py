"""How numbers are spread in each layer."""

from nnviz.ui.context import Context
from nnviz.ui.views.spread import SpreadView


def make(context: Context) -> SpreadView:
    return SpreadView()
