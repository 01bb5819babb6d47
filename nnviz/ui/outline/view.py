"""The outline at the left: the current iteration as a tree, with ticks, and a mark at the current place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from nnviz.engine.moment import Moment
from nnviz.engine.outline import Depth, Pass
from nnviz.engine.ref import Ref
from nnviz.ui.boxes import add_row
from nnviz.ui.outline.model import OutlineModel
from nnviz.ui.outline.place import Level, Place, State
from nnviz.ui.style import CONTROL, HEADING, colors, font, icon, theme
from nnviz.ui.views.base import View

WIDTH = 224
ROW = 27
INDENT = 16
MARGIN = 8  # of the row that is marked, from the edge of the panel
MARKS = 31  # at the right, for tick or arrow
Index = QModelIndex | QPersistentModelIndex


class OutlineView(View):
    """The places of the iteration. A click goes to the end of a place, on the iteration to its start."""

    fold_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(180)
        self.model = OutlineModel(self)
        self.tree = OutlineTree(self.model)
        self._choices: dict[tuple[str, ...], bool] = {}  # what the user opened (True) or closed
        self._around: tuple[tuple[str, ...], ...] = ()
        self._is_arranging = False
        self._lay_out()
        self.tree.expanded.connect(self._on_expanded)
        self.tree.collapsed.connect(self._on_collapsed)
        self.tree.clicked.connect(self._on_clicked)
        self.tree.entered.connect(self._on_entered)
        self.tree.left.connect(self._on_left)
        theme().changed.connect(self._on_theme_changed)

    def show_moment(self, moment: Moment, depth: Depth, digits: int) -> None:
        is_new = self.model.show(moment, depth, digits)
        self.moment, self.stepping, self.digits = moment, depth, digits  # the model tells which rows to paint
        self._is_arranging = True
        try:
            self._arrange(is_new)
        finally:
            self._is_arranging = False

    def refresh(self) -> None:
        self.tree.viewport().update()

    # What is open

    def _arrange(self, is_new: bool) -> None:
        """Open the way to the current place; close the one before, unless the user opened it."""
        current = self.model.current
        assert current is not None
        way = current.around()
        if is_new:
            self._open_as_before()
        keys = tuple(place.key for place in way)
        for index in [self.model.index_of(place) for place in self._opened(keys)]:
            self.tree.collapse(index)
        for place in way:
            if is_new or place.key not in self._around:
                self.tree.expand(self.model.index_of(place))
        changed = is_new or keys != self._around
        self._around = keys
        self._scroll_to(current, changed)

    def _opened(self, staying: tuple[tuple[str, ...], ...]) -> list[Place]:
        """The places that were opened for the last step and are not on the way to this one."""
        left = [key for key in self._around if key not in staying and not self._stays_open(key)]
        return [place for key in reversed(left) if (place := self._place_of(key)) is not None]

    def _stays_open(self, key: tuple[str, ...]) -> bool:
        return self._choices.get(key, len(key) <= 2)  # iteration and passes, unless the user closed them

    def _open_as_before(self) -> None:
        """What is open in new rows: iteration and passes, and what the user opened in the rows before."""
        self._around = ()
        keys = {("iteration",), *(("iteration", into.value) for into in Pass), *self._choices}
        for key in sorted(keys, key=len):
            place = self._place_of(key)
            if place is not None:
                self.tree.setExpanded(self.model.index_of(place), self._stays_open(key))

    def _place_of(self, key: tuple[str, ...]) -> Place | None:
        """The row of a key, if there is one."""
        index = self.model.index(0, 0)
        place = self.model.place(index)
        for length in range(2, len(key) + 1):
            found = [child for child in self.model.children_of(place) if child.key == key[:length]]
            if not found:
                return None
            place = found[0]
        return place

    def _scroll_to(self, place: Place, is_elsewhere: bool) -> None:
        """Keep the current row in sight, and what follows it too where it goes to another layer."""
        index = self.model.index_of(place)
        if is_elsewhere and place.parent is not None:
            self.tree.scrollTo(self.model.index_of(self.model.children_of(place.parent)[-1]))
        self.tree.scrollTo(index)

    # How it is built

    def _lay_out(self) -> None:
        heading = QLabel("Outline")
        heading.setFont(font(HEADING, 600))
        self.fold_button = QToolButton()
        self.fold_button.setProperty("kind", "flat")
        self.fold_button.setToolTip("Fold the outline (O)")
        self.fold_button.setAccessibleName("Fold the outline")
        self.fold_button.setIconSize(QSize(18, 18))
        self.fold_button.clicked.connect(self.fold_requested)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        header = add_row(rows, heading, self.fold_button)
        header.setContentsMargins(18, 8, 8, 2)
        header.setStretchFactor(heading, 1)
        add_row(rows, self.tree, stretch=1).setContentsMargins(MARGIN, 0, 0, 0)
        self._on_theme_changed()

    # What the user does

    def _on_clicked(self, index: QModelIndex) -> None:
        place = self.model.place(index)
        position = 0 if place.level is Level.ITERATION else place.end
        assert self.moment is not None
        self.sought.emit(self.moment.iteration, position)

    def _on_entered(self, index: QModelIndex) -> None:
        self._point_at(self.model.main_ref(self.model.place(index)))

    def _on_left(self) -> None:
        self._point_at(None)

    def _point_at(self, ref: Ref | None) -> None:
        if ref != self.pointed_at:
            self.pointed_at = ref
            self.pointed.emit(ref)

    def _on_expanded(self, index: QModelIndex) -> None:
        if not self._is_arranging:
            self._choices[self.model.place(index).key] = True

    def _on_collapsed(self, index: QModelIndex) -> None:
        if not self._is_arranging:
            self._choices[self.model.place(index).key] = False

    def _on_theme_changed(self) -> None:
        self.fold_button.setIcon(icon("panel-left-close", colors().muted))

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 600)


class OutlineTree(QTreeView):
    """The tree itself. It takes no keys: all of them belong to stepping."""

    left = Signal()

    def __init__(self, model: OutlineModel) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)
        self.setItemDelegate(RowDelegate(model, self))
        self.setHeaderHidden(True)
        self.setIndentation(INDENT)
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Outline")

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        """The ground of the current row, from edge to edge, under what the delegate draws."""
        place = self._model.place(index)
        if self._model.state(place) is State.CURRENT:
            _paint_ground(painter, self._across(options.rect), _hues(self._model, place))
        super().drawRow(painter, options, index)

    def _across(self, row: QRect) -> QRectF:
        return QRectF(0, row.top() + 0.5, self.viewport().width() - MARGIN, row.height() - 1)

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """An arrow at what can be opened, and no lines."""
        if not self._model.hasChildren(index):
            return
        x, y = rect.right() - INDENT / 2 + 1, rect.center().y() + 0.5
        corners = (
            ((-3.5, -2), (0, 2), (3.5, -2)) if self.isExpanded(index) else ((-2, -3.5), (2, 0), (-2, 3.5))
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(_pen(colors().muted, 1.6))
        painter.drawPolyline(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))
        painter.restore()

    def dataChanged(self, top: Index, bottom: Index, roles: Sequence[int] = ()) -> None:
        super().dataChanged(top, bottom, roles)
        row = self.visualRect(top)
        if row.isValid():  # the ground of a row is wider than what Qt takes for the row
            self.viewport().update(0, row.top(), self.viewport().width(), row.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def leaveEvent(self, event: object) -> None:
        self.left.emit()
        super().leaveEvent(event)  # type: ignore[arg-type]


class RowDelegate(QStyledItemDelegate):
    """A row: its title, and at the right a tick if it is done or an arrow if it is the current one."""

    def __init__(self, model: OutlineModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def _weight_and_color(self, place: Place, state: State) -> tuple[int, str]:
        c = colors()
        if state is State.CURRENT:
            return 600, _hues(self._model, place)[0]
        if place.level is Level.PASS:
            return 600, c.text if place.into is Pass.LOSS else c.phase(place.into)[0]
        if place.level is Level.ITERATION or state is State.AROUND:
            return 600, c.text
        return 400, c.text if state is State.DONE else c.not_yet

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        place = self._model.place(index)
        state = self._model.state(place)
        weight, color = self._weight_and_color(place, state)
        area = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_hovered = option.state & QStyle.StateFlag.State_MouseOver
        if is_hovered and state is not State.CURRENT:
            _paint_ground(painter, area.adjusted(-2, 1, -MARGIN, -1), ("", colors().grid))
        painter.setFont(font(CONTROL, weight))
        painter.setPen(QColor(color))
        room = area.adjusted(3, 0, -MARKS, 0)
        title = QFontMetricsF(painter.font()).elidedText(
            index.data(), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
        self._paint_mark(painter, place, state, QPointF(area.right() - MARGIN - 14, area.center().y()))
        painter.restore()

    def _paint_mark(self, painter: QPainter, place: Place, state: State, at: QPointF) -> None:
        if state is State.CURRENT:
            hue = QColor(_hues(self._model, place)[0])
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(hue)
            painter.drawPolygon(_moved(at, (-4, -4.5), (4.5, 0), (-4, 4.5)))
        elif self._model.is_done(place) and place.level is not Level.ITERATION:
            painter.setPen(_pen(colors().phase(place.into)[0], 1.8))
            painter.drawPolyline(_moved(at, (-4.5, 0), (-1.5, 3.2), (4.5, -3.5)))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)


def _hues(model: OutlineModel, place: Place) -> tuple[str, str]:
    """Hue and tint of the current place: of its pass, or where it is the whole iteration of the last step."""
    stage = model.moment.stage if model.moment is not None else None
    return colors().phase(place.into or (stage.into if stage else None))


def _paint_ground(painter: QPainter, area: QRectF, hues: tuple[str, str]) -> None:
    """A rounded ground in a tint, with a bar at its left in the hue."""
    hue, tint = hues
    ground = QPainterPath()
    ground.addRoundedRect(area, 6, 6)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(ground, QColor(tint))
    if hue:
        painter.setClipRect(QRectF(area.left(), area.top(), 3, area.height()))
        painter.fillPath(ground, QColor(hue))
    painter.restore()


def _pen(color: str, width: float) -> QPen:
    round_cap, round_join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    return QPen(QColor(color), width, Qt.PenStyle.SolidLine, round_cap, round_join)


def _moved(at: QPointF, *corners: tuple[float, float]) -> QPolygonF:
    return QPolygonF([at + QPointF(x, y) for x, y in corners])
