"""The matrix equation of the stage that the class is in."""

from nnviz.ui.context import Context
from nnviz.ui.tabs.matrices.view import MatricesView


def make(context: Context) -> MatricesView:
    return MatricesView()
