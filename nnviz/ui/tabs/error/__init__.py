"""The error over one or two weights."""

from nnviz.ui.context import Context
from nnviz.ui.tabs.error.view import ErrorView


def make(context: Context) -> ErrorView:
    return ErrorView()
