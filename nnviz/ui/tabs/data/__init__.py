"""The data as it comes and as the network reads it."""

from nnviz.ui.context import Context
from nnviz.ui.tabs.data.view import DataView


def make(context: Context) -> DataView:
    return DataView()
