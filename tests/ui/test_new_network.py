"""The dialog “New network”, used with real keys and mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from nnviz.lessons.composing import CSV
from nnviz.ui.data_preview import DataPreview
from nnviz.ui.markers import hue
from nnviz.ui.new_network import NewNetwork

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(qtbot):
    one = NewNetwork()
    qtbot.addWidget(one)
    one.show()
    qtbot.waitExposed(one)
    one.made = []
    one.created.connect(one.made.append)
    return one


def choose(qtbot, chooser, key):
    """Choose with the keyboard, as in any list: down or up to it."""
    chooser.setFocus()
    place = [one.key for one in chooser.offered].index(key)
    for _ in range(abs(place - chooser.currentIndex())):
        qtbot.keyClick(chooser, Key.Key_Down if chooser.currentIndex() < place else Key.Key_Up)


def type_in(qtbot, box, text):
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Key.Key_Tab)


def click(qtbot, button):
    """With a real mouse, once the button stands in its place."""
    QApplication.processEvents()
    qtbot.mouseClick(button, LEFT)


def sizes(lesson):
    return [layer.units for layer in lesson.timeline.graph.layers]


def test_enter_alone_creates_a_network_for_the_spirals(dialog, qtbot):
    qtbot.keyClick(dialog.data.source, Key.Key_Return)
    assert sizes(dialog.made[0]) == [8, 8, 1]
    assert not dialog.isVisible()


def test_escape_creates_nothing(dialog, qtbot):
    qtbot.keyClick(dialog, Key.Key_Escape)
    assert dialog.made == [] and not dialog.isVisible()


def test_the_sketch_follows_layers_and_units(dialog, qtbot):
    dialog.tabs.setCurrentIndex(1)
    assert dialog.title.text() == "2 – 8 – 8 – 1, 105 parameters"
    type_in(qtbot, dialog.layers.units[0], "3")
    assert dialog.title.text() == "2 – 3 – 8 – 1, 50 parameters"
    click(qtbot, dialog.layers.add_button)
    assert dialog.title.text().startswith("2 – 3 – 8 – 8 – 1,")
    click(qtbot, dialog.layers.removers[0])
    assert dialog.title.text().startswith("2 – 8 – 8 – 1,")
    click(qtbot, dialog.ok)
    assert sizes(dialog.made[0]) == [8, 8, 1]


def test_a_box_that_is_stepped_keeps_the_focus(dialog, qtbot):
    dialog.tabs.setCurrentIndex(1)
    box = dialog.layers.units[0]
    box.setFocus()
    for _ in range(3):
        qtbot.keyClick(box, Key.Key_Up)
    assert dialog.layers.units[0] is box and box.value() == 11
    assert dialog.title.text().startswith("2 – 11 – 8 – 1,")


def test_what_ends_the_network_follows_the_data(dialog, qtbot):
    choose(qtbot, dialog.data.source, "gaussians")
    type_in(qtbot, dialog.data.classes, "4")
    assert [one.key for one in dialog.output.ending.offered] == ["softmax", "each"]
    assert dialog.title.text().startswith("2 – 8 – 4,")
    choose(qtbot, dialog.data.source, "sine")
    assert [one.key for one in dialog.output.ending.offered] == ["linear"]
    assert dialog.choices.training.loss == "squared_error"


def test_an_output_that_was_never_chosen_follows_there_and_back(dialog, qtbot):
    for source in ("iris", CSV, "spirals"):
        choose(qtbot, dialog.data.source, source)
    assert dialog.choices.ending == "logistic" and dialog.title.text().startswith("2 – 8 – 8 – 1,")
    dialog.tabs.setCurrentIndex(1)
    choose(qtbot, dialog.output.ending, "softmax")
    choose(qtbot, dialog.data.source, "moons")
    assert dialog.choices.ending == "softmax" and dialog.choices.training.loss == "cross_entropy"


def test_another_optimizer_brings_its_usual_rate_but_not_over_a_typed_one(dialog, qtbot):
    dialog.tabs.setCurrentIndex(2)
    choose(qtbot, dialog.training.optimizer, "gradient_descent")
    assert dialog.choices.training.learning_rate == 0.5
    type_in(qtbot, dialog.training.rate, "1/4")
    choose(qtbot, dialog.training.optimizer, "adam")
    assert (dialog.choices.training.optimizer, dialog.choices.training.learning_rate) == ("adam", 0.25)


def test_what_is_not_possible_cannot_be_chosen_and_says_why(dialog):
    optimizer = dialog.training.optimizer
    place = [one.key for one in optimizer.offered].index("newton")
    assert optimizer.offered[place].problem == ""
    dialog.layers.units[0].setValue(40)
    place = [one.key for one in optimizer.offered].index("newton")
    item = optimizer.model().item(place)
    assert not item.isEnabled() and "at most 200 parameters" in item.toolTip()
    activation = dialog.layers.activations[0]
    threshold = [one.key for one in activation.offered].index("threshold")
    assert not activation.model().item(threshold).isEnabled()


def test_every_choice_that_is_shown_has_its_sentence(dialog, qtbot):
    for place, form in enumerate((dialog.data, dialog.output, dialog.training)):
        dialog.tabs.setCurrentIndex(place)
        QApplication.processEvents()
        shown = [row for row in form.rows if row.control.isVisible()]
        assert len(shown) > 3
        assert all(row.note.isVisible() and row.note.text() for row in shown)


# Files

FLOWERS = "width,length,color,kind\n" + "".join(
    f"{i * 0.5},{'' if i == 3 else i % 7},{'red' if i % 2 else 'blue'},{i % 3}\n" for i in range(30)
)


@pytest.fixture
def flowers(tmp_path):
    path = tmp_path / "flowers.csv"
    path.write_text(FLOWERS)
    return path


def test_a_csv_file_is_looked_at_first_and_its_columns_are_chosen(dialog, qtbot, flowers, monkeypatch):
    choose(qtbot, dialog.data.source, CSV)
    assert not dialog.ok.isEnabled() and "Choose a file" in dialog.message.text()
    monkeypatch.setattr("nnviz.ui.data_form.QFileDialog.getOpenFileName", lambda *_: (str(flowers), "Tables"))
    click(qtbot, dialog.data.file)
    table = dialog.preview.table
    rows = [[table.item(r, c).text() for c in range(4)] for r in range(table.rowCount())]
    assert rows == [
        ["width", "numbers", "0 … 14.5", "–"],
        ["length", "numbers", "0 … 6", "1"],
        ["color", "words", "blue, red", "–"],
        ["kind  → target", "numbers", "0 … 2", "–"],
    ]
    assert dialog.title.text().startswith("4 – 8 – 1,")
    choose(qtbot, dialog.data.read_as, "classes")
    assert dialog.title.text().startswith("4 – 8 – 3,")
    item = dialog.data.features.item(2)
    place = dialog.data.features.visualItemRect(item).center()
    place.setX(10)
    qtbot.mouseClick(dialog.data.features.viewport(), LEFT, pos=place)
    assert dialog.title.text().startswith("2 – 8 – 3,")
    choose(qtbot, dialog.data.target, "color")
    assert dialog.title.text().startswith("3 – 8 – 1,")
    click(qtbot, dialog.ok)
    assert dialog.made[0].classes == ("blue", "red")


def test_none_is_a_word_or_a_missing_value_as_is_chosen(dialog, qtbot, tmp_path):
    path = tmp_path / "census.csv"
    path.write_text(
        "hours,smoker,label\n" + "".join(f"{i},{'daily' if i % 3 else 'none'},{i % 2}\n" for i in range(30))
    )
    choose(qtbot, dialog.data.source, CSV)
    dialog.data.use_file(path)
    assert dialog.preview.table.item(1, 2).text() == "daily, none" and not dialog.data.none.isHidden()
    assert dialog.title.text().startswith("3 – 8 – 1,")
    choose(qtbot, dialog.data.none, "missing")
    assert dialog.title.text().startswith("2 – 8 – 1,") and "10 of 30 rows left out" in dialog.message.text()
    assert dialog.preview.table.item(1, 3).text() == "10" and not dialog.data.none.isHidden()
    choose(qtbot, dialog.data.none, "word")
    assert dialog.title.text().startswith("3 – 8 – 1,")
    choose(qtbot, dialog.data.source, "moons")
    assert dialog.data.none.isHidden()


def test_a_file_that_cannot_be_read_says_why_and_nothing_can_be_created(dialog, qtbot, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n3\n")
    choose(qtbot, dialog.data.source, CSV)
    dialog.data.use_file(bad)
    assert "line 3: found 1 cell" in dialog.message.text()
    assert not dialog.ok.isEnabled()
    choose(qtbot, dialog.data.source, "moons")
    assert dialog.ok.isEnabled()


@pytest.mark.parametrize("source", ["spirals", "sine"])
def test_points_are_drawn_inside_their_frame(dialog, qtbot, source):
    choose(qtbot, dialog.data.source, source)
    preview = dialog.preview
    assert isinstance(preview, DataPreview) and preview.currentWidget() is preview.points
    assert len(preview.points.points) == 300
    frame = preview.points.rect()
    assert all(frame.contains(preview.points.place_of(one).toPoint()) for one in preview.points.points)


def test_rows_that_are_left_out_are_named(dialog, qtbot, flowers):
    choose(qtbot, dialog.data.source, CSV)
    dialog.data.use_file(flowers)
    assert "1 of 30 rows left out, as values are missing: row 4 (length)." in dialog.message.text()


def test_examples_are_kept_for_validation_and_test_by_a_seed(dialog, qtbot):
    choose(qtbot, dialog.data.source, "iris")
    type_in(qtbot, dialog.data.kept, "30")
    type_in(qtbot, dialog.data.tested, "10")
    first = dialog.lesson
    assert (len(first.validation.inputs), len(first.test.inputs)) == (45, 15)
    type_in(qtbot, dialog.data.seed, "7")
    assert not np.array_equal(dialog.lesson.test.inputs, first.test.inputs)
    type_in(qtbot, dialog.data.kept, "90")
    type_in(qtbot, dialog.data.tested, "90")
    assert not dialog.ok.isEnabled()


def test_it_fits_the_screen(dialog):
    room = QApplication.primaryScreen().availableGeometry()
    assert dialog.width() <= room.width() and dialog.height() <= room.height()


def test_patience_needs_examples_that_are_watched(dialog, qtbot):
    dialog.tabs.setCurrentIndex(2)
    assert dialog.patience.isVisible()
    type_in(qtbot, dialog.patience, "7")
    assert dialog.lesson.stop.patience == 7 and dialog.lesson.stop.iterations > 1000
    dialog.tabs.setCurrentIndex(0)
    type_in(qtbot, dialog.data.kept, "0")
    assert dialog.lesson.stop.patience is None and not dialog.patience.isVisibleTo(dialog.stop)


def test_the_numbers_of_adam_are_those_that_are_typed(dialog, qtbot):
    dialog.tabs.setCurrentIndex(2)
    type_in(qtbot, dialog.training.settings["beta1"], "0.5")
    assert dialog.lesson.timeline.optimizer.beta1 == 0.5
    assert dialog.lesson.timeline.optimizer.beta2 == 0.999
    choose(qtbot, dialog.training.optimizer, "momentum")
    assert dialog.training.settings["momentum"].value() == 0.9


@pytest.mark.parametrize("label", [0, 1, 2])
def test_points_have_the_colors_of_the_tab_output(dialog, label):
    points = dialog.preview.points
    points.show_points(np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([3, label]))
    image, at = points.grab().toImage(), points.place_of([1.0, 1.0])
    ratio = image.devicePixelRatio()
    assert image.pixelColor(round(at.x() * ratio), round(at.y() * ratio)).name() == QColor(hue(label)).name()
