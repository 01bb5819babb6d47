"""The layers of the network in figures."""

from nnviz.ui.context import Context
from nnviz.ui.views.layers import LayersView


def make(context: Context) -> LayersView:
    return LayersView()
