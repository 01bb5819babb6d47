"""The choices on which textbooks differ."""

from nnviz.ui.context import Context
from nnviz.ui.tabs.conventions.view import ConventionsView


def make(context: Context) -> ConventionsView:
    return ConventionsView()
