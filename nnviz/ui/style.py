"""The look of nnviz in one place: colors, type, icons, and the two themes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QWidget

from nnviz.engine.outline import Pass
from nnviz.resources import resource
from nnviz.startup import without_collection
from nnviz.ui.style_sheet import style_sheet


@dataclass(frozen=True, slots=True)
class Colors:
    """One theme. A hue has a tint of its own to stand on; contrasts are at least 4.5:1 on the panel."""

    is_dark: bool
    canvas: str
    panel: str
    window: str
    line: str
    grid: str
    control_border: str
    outline: str
    text: str
    muted: str
    not_yet: str
    forward: str
    forward_tint: str
    backward: str
    backward_tint: str
    update: str
    update_tint: str
    positive: str
    positive_tint: str
    negative: str
    negative_tint: str
    training: str
    validation: str
    selection: str
    on_fill: str
    diverging: tuple[str, str, str]
    diverging_limit: float

    def phase(self, into: Pass | None) -> tuple[str, str]:
        """Hue and tint of a pass; the loss and the start have no hue of their own."""
        hues = {
            Pass.FORWARD: (self.forward, self.forward_tint),
            Pass.BACKWARD: (self.backward, self.backward_tint),
            Pass.UPDATE: (self.update, self.update_tint),
        }
        return hues.get(into, (self.outline, self.grid)) if into else (self.outline, self.grid)

    def role(self, role: str) -> tuple[str, str]:
        """Hue and tint of the thing a number comes from (the `role` of a formula's quantity)."""
        hues = {
            "forward": (self.forward, self.forward_tint),
            "backward": (self.backward, self.backward_tint),
            "update": (self.update, self.update_tint),
            "positive": (self.positive, self.positive_tint),
            "negative": (self.negative, self.negative_tint),
        }
        return hues.get(role, (self.text, self.grid))

    def sign(self, value: float) -> tuple[str, str]:
        """Hue and tint of a signed number, such as a weight."""
        return self.role("negative" if value < 0 else "positive") if value else (self.outline, self.grid)

    def diverging_cell(self, value: float, largest: float, with_number: bool = True) -> QColor:
        """The color of a cell in a map that is symmetric about zero."""
        share = min(1.0, abs(value) / largest) ** 0.8 if largest > 0 else 0.0
        share *= self.diverging_limit if with_number else 0.92
        negative, zero, positive = map(QColor, self.diverging)
        return mixed(zero, negative if value < 0 else positive, share)


LIGHT = Colors(
    is_dark=False,
    canvas="#FFFFFF",
    panel="#FFFFFF",
    window="#F4F5F7",
    line="#DCE1E8",
    grid="#EEF1F4",
    control_border="#D3D9E1",
    outline="#5A6473",
    text="#1B2330",
    muted="#566070",
    not_yet="#697383",
    forward="#00796B",
    forward_tint="#E3F3F1",
    backward="#C2410C",
    backward_tint="#FFEFE4",
    update="#6D4AC0",
    update_tint="#EFEAFA",
    positive="#1D5FA8",
    positive_tint="#E4EEF9",
    negative="#7C5F00",
    negative_tint="#F6EFD8",
    training="#1D5FA8",
    validation="#7C5F00",
    selection="#1B2330",
    on_fill="#FFFFFF",
    diverging=("#7C5F00", "#FFFFFF", "#1D5FA8"),
    diverging_limit=0.60,
)
DARK = Colors(
    is_dark=True,
    canvas="#14171C",
    panel="#1B1F26",
    window="#232831",
    line="#323843",
    grid="#262B34",
    control_border="#3D4552",
    outline="#9AA4B3",
    text="#E8EBF0",
    muted="#A7B0BE",
    not_yet="#8A95A5",
    forward="#4DB6A6",
    forward_tint="#16322F",
    backward="#FF8A4C",
    backward_tint="#3A2317",
    update="#A98BF0",
    update_tint="#2A2340",
    positive="#6FA8E8",
    positive_tint="#1B2C42",
    negative="#D9B84A",
    negative_tint="#37301A",
    training="#6FA8E8",
    validation="#F2B84B",
    selection="#FFFFFF",
    on_fill="#14171C",
    diverging=("#D9B84A", "#2A2F38", "#6FA8E8"),
    diverging_limit=0.44,
)


class Theme(QObject):
    """The theme in use. Views read `colors` when they paint and repaint on `changed`."""

    changed = Signal()
    chosen = Signal()  # by hand

    def __init__(self) -> None:
        super().__init__()
        self._colors = LIGHT

    @property
    def colors(self) -> Colors:
        return self._colors

    def use(self, colors: Colors) -> None:
        """Switch the whole application to a theme, unless it is in use already."""
        self._colors = colors
        application, sheet = QApplication.instance(), style_sheet(colors)
        if isinstance(application, QApplication):
            if application.styleSheet() == sheet:
                return
            with without_collection():  # Qt goes through all widgets, and none of them may vanish meanwhile
                application.setPalette(_qt_palette(colors))
                application.setStyleSheet(sheet)
        self.changed.emit()

    def toggle(self) -> None:
        """Switch by hand between light and dark."""
        self.use(LIGHT if self._colors.is_dark else DARK)
        self.chosen.emit()


@cache
def theme() -> Theme:
    """The one theme of the application."""
    return Theme()


def colors() -> Colors:
    """The colors in use now."""
    return theme().colors


@contextmanager
def styled_at_the_end() -> Iterator[None]:
    """A window is put together meanwhile, and gets the style sheet of the application when it is complete.

    With a style sheet, Qt looks up all that is in a widget anew wherever it is put into another.
    """
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    sheet = application.styleSheet()
    with without_collection():
        application.setStyleSheet("")
        try:
            yield
        finally:
            application.setStyleSheet(sheet)


# Type

TITLE, HEADING, NARRATION, CONTROL, VALUE, CAPTION = 15, 14, 14.5, 13, 14, 12
FORMULA = 26


@cache
def _families() -> tuple[str, str]:
    """The families for interface and formulas, loaded from the fonts that are shipped."""
    loaded: dict[str, str] = {}
    for key, folder in (("ui", "Inter"), ("math", "STIX")):
        for path in sorted(resource("fonts").iterdir()):
            if path.name.startswith(folder) and path.suffix in (".ttf", ".otf"):
                identifier = QFontDatabase.addApplicationFont(str(path))
                families = QFontDatabase.applicationFontFamilies(identifier)
                if families:
                    loaded.setdefault(key, families[0])
    return loaded.get("ui", QGuiApplication.font().family()), loaded.get("math", "serif")


@cache
def font(pixels: float, weight: int = 400, tabular: bool = True) -> QFont:
    """The interface font, with figures of equal width unless switched off."""
    one = QFont(_families()[0])
    one.setPixelSize(max(1, round(pixels)))
    one.setWeight(QFont.Weight(weight))
    one.setFeature(QFont.Tag("calt"), 0)  # what is typed is shown: 0x10 would become 0×10
    if tabular:
        one.setFeature(QFont.Tag("tnum"), 1)
    return one


@cache
def math_font(pixels: float, bold: bool = False) -> QFont:
    """The formula font. Variables take their italics from Unicode's mathematical letters (`italic`)."""
    one = QFont(_families()[1])
    one.setPixelSize(max(1, round(pixels)))
    one.setBold(bold)
    return one


def italic(letters: str) -> str:
    """Latin and Greek letters as mathematical italics, which the formula font draws as TeX would."""
    return "".join(_italic(letter) for letter in letters)


def _italic(letter: str) -> str:
    if letter == "h":
        return "ℎ"
    for first, last, start in (("A", "Z", 0x1D434), ("a", "z", 0x1D44E), ("α", "ω", 0x1D6FC)):
        if first <= letter <= last:
            return chr(start + ord(letter) - ord(first))
    return {"∂": "𝜕"}.get(letter, letter)


# Icons and small things


@cache
def _svg(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


def icon(name: str, color: str | None = None, size: int = 20) -> QIcon:
    """An icon of the set in a color, text color if none is given; faded where it is disabled."""
    shown = color or colors().text
    result = QIcon()
    for mode, opacity in ((QIcon.Mode.Normal, 1.0), (QIcon.Mode.Disabled, 0.4)):
        for scale in (1, 2):
            result.addPixmap(_pixmap(name, shown, size, scale, opacity), mode)
    return result


@cache
def _pixmap(name: str, color: str, size: int, scale: int, opacity: float) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(_svg(name).replace("currentColor", color).encode()))
    pixmap = QPixmap(QSize(size, size) * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setOpacity(opacity)
        renderer.render(painter, QRectF(0, 0, size * scale, size * scale))
    pixmap.setDevicePixelRatio(scale)
    return pixmap


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """A color between two, in sRGB."""
    pairs = (
        (first.redF(), second.redF()),
        (first.greenF(), second.greenF()),
        (first.blueF(), second.blueF()),
    )
    return QColor.fromRgbF(*(a + (b - a) * share for a, b in pairs))


def with_alpha(color: str, alpha: float) -> QColor:
    result = QColor(color)
    result.setAlphaF(alpha)
    return result


def frame_control(control: QWidget) -> None:
    """Give a spin box or check box a frame that can be seen: Fusion draws it from a darkened window color."""
    palette = control.palette()
    palette.setColor(QPalette.ColorRole.Window, QColor(colors().outline).lighter(140))
    control.setPalette(palette)


def _qt_palette(c: Colors) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for key, color in {
        role.Window: c.window,
        role.WindowText: c.text,
        role.Base: c.panel,
        role.AlternateBase: c.grid,
        role.Text: c.text,
        role.Button: c.panel,
        role.ButtonText: c.text,
        role.ToolTipBase: c.text,
        role.ToolTipText: c.panel,
        role.PlaceholderText: c.not_yet,
        role.Highlight: c.positive,
        role.HighlightedText: c.on_fill,
        role.Link: c.positive,
        role.Mid: c.line,
        role.Dark: c.control_border,
    }.items():
        palette.setColor(key, QColor(color))
    for key in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, with_alpha(c.text, 0.4))
    return palette
