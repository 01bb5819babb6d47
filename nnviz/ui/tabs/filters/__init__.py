"""The filters of a convolution layer, and what can be varied of it."""

from functools import partial

from nnviz.ui.context import Context
from nnviz.ui.own_network import choose_filter, vary_layer
from nnviz.ui.tabs.filters.view import FiltersView


def make(context: Context) -> FiltersView:
    view = FiltersView()
    view.varied.connect(partial(vary_layer, context))
    view.filter_chosen.connect(partial(choose_filter, context))
    return view
