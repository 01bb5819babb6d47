"""What the network says over its whole input."""

from nnviz.ui.context import Context
from nnviz.ui.tabs.output.view import OutputView


def make(context: Context) -> OutputView:
    return OutputView()
