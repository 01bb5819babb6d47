"""An opened step of time but for its numbers: frame, funnel, gates, and the ways between them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnviz.ui import style
from nnviz.ui.items.step_columns import CENTER, THICK, THICK_HEAD, paint_arrow, paint_symbol, symbol_width
from nnviz.ui.layout.geometry import Box
from nnviz.ui.layout.steps_cell import KNOT, Block, CellPlace, Knot, Slot, Track
from nnviz.ui.picture.steps_cell import CellPicture, Site
from nnviz.ui.picture.steps_parts import Vector

THIN, HEAD, LIT = 1.8, 7.0, 3.6
VEIL = 0.05
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
GAP = 5.0  # between the name of an error and the letter of its value
LEAST_FOLD = 24.0  # beside lower ones there is no room for a letter
FOLDED = 12.0  # type of the letter above a value that is folded away
LETTERS = 14.0
STEEP = 400.0  # ways that rise more have their word below
FORK, DOT = 7.5, 3.5  # radius of a fork that adds errors, and of one that does not
FRACTION = 26.0  # the width of ∂E/∂h written on two lines


class CellItem(QGraphicsItem):
    """Everything of an opened step but its numbers, kept as a picture while these change."""

    def __init__(self) -> None:
        super().__init__()
        self._picture: CellPicture | None = None
        self._place: CellPlace | None = None
        self._card: Box | None = None
        self._look: object = None
        self._bounds = QRectF()
        self.setZValue(1)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def show_cell(self, picture: CellPicture, place: CellPlace, card: Box | None) -> None:
        """Show a step that is opened from a card above; without one there is no funnel."""
        self._picture, self._place, self._card = picture, place, card
        rect = QRectF(*place.frame)
        bounds = (rect.united(QRectF(*card)) if card else rect).adjusted(-4, -4, 4, 4)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        look = (_look(picture), place, card, style.colors())
        if look != self._look:
            self._look = look
            self.update()

    # Painting

    def _paint_frame(self, painter: QPainter, place: CellPlace, picture: CellPicture) -> None:
        c = style.colors()
        hue, _ = c.phase(picture.into if picture.is_current else None)
        frame = QRectF(*place.frame)
        if self._card is not None:
            card = QRectF(*self._card)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.with_alpha(hue, VEIL * (2 if c.is_dark else 1)))
            corners = [card.bottomLeft(), card.bottomRight(), frame.topRight(), frame.topLeft()]
            painter.drawPolygon(QPolygonF(corners))
        painter.setBrush(QColor(c.canvas))
        painter.setPen(QPen(QColor(hue), 1.6))
        painter.drawRoundedRect(frame, 14, 14)
        painter.setPen(QColor(hue if picture.is_current else c.text))
        painter.setFont(style.font(13, 600))
        room = QRectF(frame.left() + 16, frame.top() + 2, frame.width() - 32, 20)
        side = Qt.AlignmentFlag.AlignHCenter if picture.kind == "gru" else Qt.AlignmentFlag.AlignRight
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | side, picture.title)

    def _paint_track(self, painter: QPainter, track: Track, site: Site, is_back: bool, is_lit: bool) -> None:
        """Thin and forward, or thick and against the flow where an error has come back."""
        c = style.colors()
        points = [QPointF(*point) for point in track.points]
        if is_back:
            points.reverse()
            points[-1] = self._before_folded(points[-2], points[-1])
        is_there = site.is_done and not self._leads_nowhere(track)
        name = c.text if is_lit else c.backward if is_back else c.outline if is_there else c.not_yet
        if not (is_lit or is_back) and site.value is not None and site.value.new and is_there:
            name = c.forward
        color, width = QColor(name), LIT if is_lit else THICK if is_back else THIN
        is_done = is_there or is_back
        pen = QPen(color, width if is_done else 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if not is_done:
            pen.setDashPattern([1.5, 2.5])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if len(points) > 2:
            painter.drawPolyline(points[:-1])
        if (track.has_head and not self._leads_nowhere(track)) or is_back:
            head = THICK_HEAD if is_back else HEAD
            paint_arrow(painter, points[-2], points[-1], color, width, head, is_done)
        else:
            painter.drawLine(points[-2], points[-1])
        if track.word:
            painter.setPen(QColor(c.text if is_lit else c.muted))
            _paint_word(painter, track.word, points[0], points[-1])

    def _leads_nowhere(self, track: Track) -> bool:
        """Whether a way leads to a layer above that reads nothing at this step: it is only dotted."""
        return track.is_up and self._picture is not None and not self._picture.is_read

    def _before_folded(self, start: QPointF, end: QPointF) -> QPointF:
        """The end of a way back, before what stands small beside a vector, or the circle of a fork."""
        assert self._place is not None and self._picture is not None
        for slot in self._place.slots:
            box, site = slot.box, self._picture.site(slot.name)
            is_at_side = abs(end.x() - box.right) < 1 and box.y < end.y() < box.bottom
            if is_at_side and site is not None and site.folded is not None:
                return QPointF(slot.fold.right + 1, end.y())
        way, forks = start - end, [knot.center for knot in self._place.knots if not knot.text]
        if any(end == QPointF(*center) for center in forks):
            length = max(abs(way.x()), abs(way.y()), 1.0)  # ways end along one axis
            return end + way * (FORK / length)
        return end

    def _paint_block(self, painter: QPainter, block: Block, picture: CellPicture) -> None:
        c = style.colors()
        site = picture.site(block.site)
        is_new = site is not None and site.is_new
        into = picture.into if is_new else None
        hue, tint = c.phase(into)
        total = "z" if f"z_{block.site}" not in {one.name for one in picture.sites} else f"z_{block.site}"
        is_lit = total in picture.lit
        painter.setBrush(QColor(tint if is_new else c.canvas))
        painter.setPen(QPen(QColor(c.text if is_lit else hue), 2.4 if is_new or is_lit else 1.8))
        rect = QRectF(*block.box)
        painter.drawRoundedRect(rect, 9, 9)
        painter.setPen(QColor(hue if is_new else c.text))
        painter.setFont(style.math_font(17))
        painter.drawText(rect, CENTER, dict(picture.phi).get(block.site, "φ"))
        if block.word:
            painter.setFont(style.font(12, 500))
            painter.setPen(QColor(hue if is_new else c.muted))
            for k, word in enumerate(block.word.split()):
                room = QRectF(rect.left() - 60, rect.top() - 1 + 14 * k, 54, 15)
                painter.drawText(room, RIGHT | Qt.TextFlag.TextDontClip, word)

    def _paint_knot(self, painter: QPainter, knot: Knot, picture: CellPicture) -> None:
        c = style.colors()
        if not knot.text:
            self._paint_fork(painter, knot, picture)
            return
        site = picture.site(knot.site)
        is_new = site is not None and site.is_new
        is_back = site is not None and site.is_back
        hue = c.phase(picture.into)[0] if is_new else c.backward if is_back else c.outline
        painter.setBrush(QColor(c.canvas))
        painter.setPen(QPen(QColor(c.text if knot.site in picture.lit else hue), 2.2 if is_new else 1.8))
        painter.drawEllipse(QPointF(*knot.center), KNOT, KNOT)
        painter.setFont(style.math_font(17))
        painter.setPen(QColor(hue if is_new or is_back else c.text))
        center = knot.center
        room = QRectF(center.x - 20, center.y - 12, 40, 23)
        painter.drawText(room, CENTER | Qt.TextFlag.TextDontClip, knot.text)

    def _paint_fork(self, painter: QPainter, knot: Knot, picture: CellPicture) -> None:
        """A dot where a value goes two ways; a plus as soon as the errors of both have come back."""
        c, center = style.colors(), QPointF(*knot.center)
        is_sum = all(picture.has_back(name) for name in knot.joins)
        site = picture.site(knot.site)
        is_back = any(picture.has_back(name) for name in (*knot.joins, knot.site))
        is_done = site is not None and site.is_done
        color = QColor(c.backward if is_back else c.outline if is_done else c.not_yet)
        painter.setPen(QPen(color, 1.8))
        painter.setBrush(QColor(c.canvas) if is_sum else color)
        painter.drawEllipse(center, *((FORK, FORK) if is_sum else (DOT, DOT)))
        if is_sum:
            arm = FORK - 3
            painter.drawLine(center - QPointF(arm, 0), center + QPointF(arm, 0))
            painter.drawLine(center - QPointF(0, arm), center + QPointF(0, arm))

    def _paint_letter(self, painter: QPainter, slot: Slot, site: Site) -> None:
        c, vector = style.colors(), site.main
        is_error = vector is site.error
        done = vector.is_begun
        painter.setPen(QColor(c.not_yet if not done else c.backward if is_error else c.text))
        room = QRectF(*slot.letter)
        over, _, under = vector.letter.partition("/")
        if not slot.is_above:  # something may lead past it
            plate = QRectF(room.right() - 18, room.center().y() - 9, 18, 18)
            painter.fillRect(plate, QColor(c.canvas))
        if slot.is_above or not under:
            where = CENTER if slot.is_above else Qt.AlignmentFlag.AlignRight
            paint_symbol(painter, vector.letter, vector.sub, room, where, LETTERS)
            return
        middle, left = room.center().y(), room.right() - FRACTION
        painter.drawLine(QPointF(left + 2, middle), QPointF(left + FRACTION - 2, middle))
        for y, letter, sub in ((middle - 17, over, ""), (middle, under, vector.sub)):
            size = LETTERS - 1
            size *= min(1.0, FRACTION / symbol_width(letter, sub, size))
            paint_symbol(painter, letter, sub, QRectF(left, y, FRACTION, 16), CENTER, size)

    def _paint_folded_letter(self, painter: QPainter, slot: Slot, value: Vector, error: Vector) -> None:
        """What the colors beside an error stand for: the value that it is the error of.

        Above them, or below where the name of the error reaches so far.
        """
        painter.setPen(QColor(style.colors().muted))
        end = slot.letter.center.x + symbol_width(error.letter, error.sub, LETTERS) / 2
        start = slot.fold.center.x - symbol_width(value.letter, "", FOLDED) / 2
        is_below = slot.is_above and end + GAP > start
        y = slot.fold.bottom + 1 if is_below else slot.fold.y - 17
        room = QRectF(slot.fold.center.x - 14, y, 28, 16)
        paint_symbol(painter, value.letter, "", room, CENTER, FOLDED)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        picture, place = self._picture, self._place
        if picture is None or place is None:
            return
        self._paint_frame(painter, place, picture)
        sites = {site.name: site for site in picture.sites}
        for track in sorted(place.tracks, key=lambda track: picture.has_back(track.back)):
            if track.site in sites:
                is_back, is_lit = picture.has_back(track.back), track.site in picture.lit
                self._paint_track(painter, track, sites[track.site], is_back, is_lit)
        for block in place.blocks:
            self._paint_block(painter, block, picture)
        for knot in place.knots:
            self._paint_knot(painter, knot, picture)
        for slot in place.slots:
            if slot.name in sites:
                site = sites[slot.name]
                self._paint_letter(painter, slot, site)
                has_room = slot.fold.height >= LEAST_FOLD
                if has_room and site.value is not None and site.folded is site.value:
                    self._paint_folded_letter(painter, slot, site.value, site.main)


def _paint_word(painter: QPainter, word: str, start: QPointF, end: QPointF) -> None:
    """The letter of a matrix above the way, or right below one that rises."""
    middle = (start + end) / 2
    rises = (start.y() - end.y()) * (end.x() - start.x())
    corner = QPointF(-30, -24) if rises <= STEEP else QPointF(-8, 8)
    letter, _, sub = word.partition("_")
    paint_symbol(painter, letter, sub, QRectF(middle + corner, QSizeF(60, 18)), CENTER)


def _look(picture: CellPicture) -> object:
    """All that is drawn of a picture around its numbers."""
    sites = tuple(
        (
            site.name,
            (site.main.letter, site.main.sub, site.main.is_begun, site.main is site.error),
            (
                site.is_new,
                site.is_back,
                site.is_done,
                site.folded is not None,
                site.value is not None and bool(site.value.new),
            ),
        )
        for site in picture.sites
    )
    kind, ends = (picture.kind, picture.title, picture.phi), (picture.is_read, picture.is_judged)
    return kind, picture.into, picture.is_current, picture.lit, ends, sites
