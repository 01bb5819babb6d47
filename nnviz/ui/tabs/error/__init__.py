"""The error over one or two weights."""

from nnviz.ui.context import Context
from nnviz.ui.tabs.error.view import ErrorSurfaceView


def make(context: Context) -> ErrorSurfaceView:
    return ErrorSurfaceView()
