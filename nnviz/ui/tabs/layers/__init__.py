"""The layers of the network in figures."""

from nnviz.ui.context import Context
from nnviz.ui.tabs.layers.view import LayersView


def make(context: Context) -> LayersView:
    return LayersView()
