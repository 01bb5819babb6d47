"""The error over one or two weights."""

from nnviz.ui.context import Context
from nnviz.ui.views.error_surface import ErrorSurfaceView


def make(context: Context) -> ErrorSurfaceView:
    return ErrorSurfaceView()
