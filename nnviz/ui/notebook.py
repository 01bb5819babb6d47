"""The picture of a network in a notebook: what the window shows in its middle, as SVG."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtWidgets import QApplication

from nnviz.engine.notebook import Network
from nnviz.engine.outline import Depth
from nnviz.ui.application import make_application
from nnviz.ui.render import drawn, errors_of_qt
from nnviz.ui.views.canvas import NetworkView

SIZE = QSize(880, 520)


def svg(network: Network, digits: int = 4, size: QSize = SIZE) -> str:
    """The network at the place that it has reached. Raises GraphError where it has no data yet."""
    moment = network.moment
    if QCoreApplication.instance() is None and sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # a notebook may run where there is no screen
    make_application()
    view = NetworkView()
    try:
        with errors_of_qt():
            view.resize(size)
            view.set_graph(network.graph, network.textbook)
            view.show_moment(moment, Depth.NEURON, digits)
            view.show()
            QApplication.processEvents()
            return bytes(drawn(view, ".svg", 1).data()).decode()
    finally:
        view.close()
        view.deleteLater()
