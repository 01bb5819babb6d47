"""How numbers are spread in each layer."""

from nnviz.ui.context import Context
from nnviz.ui.tabs.spread.view import SpreadView


def make(context: Context) -> SpreadView:
    return SpreadView()
