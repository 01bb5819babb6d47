"""What is painted in part looks as if all of it had been painted anew."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from nnviz.engine.outline import Depth
from nnviz.lessons import catalogue
from nnviz.ui.main_window import MainWindow

MOVES = 4
BLOCK = 8  # pixels
NOTICED = 24  # of 255


@pytest.fixture
def window(look, qtbot):
    one = MainWindow()
    qtbot.addWidget(one)
    one.show()
    return one


def on_screen(window, qtbot):
    """What stands on the screen, once all that was asked for is laid out and painted."""
    qtbot.wait(30)
    QApplication.processEvents()
    return window.screen().grabWindow(window.winId()).toImage().convertToFormat(QImage.Format.Format_RGB32)


def in_blocks(image):
    """The mean colors of small blocks: dashes that begin elsewhere are no difference, a number is one."""
    small = image.scaled(image.size() / BLOCK, mode=Qt.TransformationMode.SmoothTransformation)
    return np.frombuffer(small.constBits(), np.uint8).reshape(small.height(), small.width(), 4).astype(int)


def painted_anew(window, qtbot):
    for widget in window.findChildren(QWidget):
        widget.update()
    return on_screen(window, qtbot)


def places(walk, each):
    """Positions in the middle and at the end of some stages."""
    stages = walk.outline(0).stages
    return [at for one in stages[::each] for at in (one.starts[one.units // 2], one.end)]


@pytest.mark.parametrize(
    ("name", "depth", "each"),
    [
        ("power-plant-logistic", Depth.NEURON, 2),
        ("three-steps", Depth.NEURON, 1),
        ("three-steps", Depth.MAP, 2),
        ("names-simple", Depth.MAP, 3),
        ("remember-lstm", Depth.MAP, 3),
        ("truncated-20", Depth.NEURON, 4),
        ("cnn-by-hand", Depth.NEURON, 2),
        ("lenet-5", Depth.NEURON, 5),
    ],
)
def test_a_step_leaves_nothing_of_the_one_before(window, qtbot, name, depth, each):
    window.open_lesson(catalogue.load(name))
    player = window.player
    player.set_depth(depth)
    for position in places(player.walk, each):
        player.seek(0, position)
        for move in [player.step, player.back] * (MOVES // 2):
            move()
            QApplication.processEvents()
        player.step()
        before, after = in_blocks(on_screen(window, qtbot)), in_blocks(painted_anew(window, qtbot))
        assert np.abs(before - after).max() < NOTICED, (position, window.player.cursor)


def test_what_is_left_over_is_noticed(window, qtbot):
    window.open_lesson(catalogue.load("three-steps"))
    before = in_blocks(on_screen(window, qtbot))
    window.player.step()
    assert np.abs(before - in_blocks(on_screen(window, qtbot))).max() > 2 * NOTICED
