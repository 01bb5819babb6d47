"""Every shipped file is found, and is what it should be."""

import xml.etree.ElementTree as ElementTree

import pytest
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QIcon, QRawFont
from PySide6.QtSvg import QSvgRenderer

from nnviz import resources
from nnviz.resources import resource

FONTS = ["Inter-Regular.otf", "Inter-SemiBold.otf", "Inter-Bold.otf", "STIXTwoMath-Regular.ttf"]
WEIGHTS = {400: "Regular", 600: "Semi Bold", 700: "Bold"}
ICONS = sorted(path.name for path in resource("icons").glob("*.svg"))


@pytest.fixture(scope="module")
def families(qapp):
    """Family names by file, as Qt sees them."""
    found = {name: QFontDatabase.addApplicationFont(str(resource("fonts", name))) for name in FONTS}
    return {name: QFontDatabase.applicationFontFamilies(number) for name, number in found.items()}


def test_a_missing_resource_names_itself_and_where_it_was_looked_for():
    with pytest.raises(FileNotFoundError, match=r"resources/icons/nothing\.svg is missing") as caught:
        resource("icons", "nothing.svg")
    for place in resources._PLACES:
        assert str(place) in str(caught.value)


def test_an_installed_package_comes_before_the_source_tree(tmp_path, monkeypatch):
    for place in ("installed", "source"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "both").touch()
    (tmp_path / "source" / "one").touch()
    monkeypatch.setattr(resources, "_PLACES", (tmp_path / "installed", tmp_path / "source"))
    assert resource("both") == tmp_path / "installed" / "both"
    assert resource("one") == tmp_path / "source" / "one"


@pytest.mark.parametrize("name", FONTS)
def test_qt_loads_the_font(families, name):
    family = "STIX Two Math" if name.startswith("STIX") else "Inter"
    assert family in families[name]


@pytest.mark.parametrize(("weight", "style"), WEIGHTS.items())
def test_each_weight_has_its_own_face(families, weight, style):
    font = QFont("Inter")
    font.setWeight(QFont.Weight(weight))
    assert QRawFont.fromFont(font).styleName() == style


@pytest.mark.parametrize("weight", WEIGHTS)
def test_tabular_figures_have_one_width(families, weight):
    font = QFont("Inter")
    font.setPixelSize(100)
    font.setWeight(QFont.Weight(weight))
    proportional = digit_widths(font)
    font.setFeature(QFont.Tag("tnum"), 1)
    tabular = digit_widths(font)
    assert max(proportional) - min(proportional) > 10
    assert max(tabular) - min(tabular) < 0.5


def digit_widths(font):
    return [QFontMetricsF(font).horizontalAdvance(digit) for digit in "0123456789"]


@pytest.mark.parametrize("character", "𝛿𝜂𝑤ℎ∂⊙Σ′∇ℝ₆−")
def test_formulas_have_every_character(families, character):
    assert QRawFont.fromFont(QFont("STIX Two Math")).supportsCharacter(ord(character))


@pytest.mark.parametrize("name", ICONS)
def test_qt_draws_the_icon(qapp, name):
    assert QSvgRenderer(str(resource("icons", name))).isValid()


@pytest.mark.parametrize("name", [name for name in ICONS if name != "nnviz.svg"])
def test_the_icon_takes_any_color(name):
    assert "currentColor" in resource("icons", name).read_text(encoding="utf-8")


def test_the_icon_for_windows_has_small_and_large_pictures(qapp):
    sizes = {size.width() for size in QIcon(str(resource("icons", "nnviz.ico"))).availableSizes()}
    assert {16, 32, 48, 256} <= sizes


@pytest.mark.parametrize("name", ["org.nnviz.Nnviz.metainfo.xml", "org.nnviz.Nnviz.xml"])
def test_xml_is_well_formed(name):
    ElementTree.parse(resource("desktop", name))


@pytest.mark.parametrize(
    ("folder", "name"),
    [("fonts", "OFL-Inter.txt"), ("fonts", "OFL-STIXTwoMath.txt"), ("icons", "LICENSE-lucide.txt")],
)
def test_a_license_lies_beside_what_it_covers(folder, name):
    assert "Copyright" in resource(folder, name).read_text(encoding="utf-8")
