"""The band of all layers: everything inside it, nothing over something else, every cell where it is drawn."""

import math

import pytest

from nnviz.ui.layout.geometry import Box
from nnviz.ui.layout.overview import LABEL, arrange_overview, rows_of_maps
from nnviz.ui.picture.overview import labels_of, nodes_of
from tests.ui.maps import forward_only, lenet, small

BOXES = (Box(0, 468, 866, 104), Box(10, 20, 560, 104), Box(0, 0, 1400, 120))


@pytest.fixture(scope="module", params=(small, lenet, forward_only))
def network(request):
    return request.param()


def places_of(network, box):
    shapes = [node.shape for node in nodes_of(network.graph)]
    labels = labels_of(network.graph, network.textbook.notation)
    return shapes, arrange_overview(shapes, labels, lambda text: 6.5 * len(text), box)


@pytest.mark.parametrize("box", BOXES)
def test_all_layers_stand_in_the_band_beside_each_other(network, box):
    _, places = places_of(network, box)
    for place in places:
        assert box.x <= place.box.x and place.box.right <= box.right
        assert box.y <= place.box.y and place.box.bottom <= box.bottom - LABEL
        assert place.label_box.bottom <= box.bottom
    for one, other in zip(places, places[1:], strict=False):
        assert one.box.right < other.box.x and one.label_box.right < other.label_box.x


@pytest.mark.parametrize("box", BOXES)
def test_every_cell_is_found_where_it_is_drawn(network, box):
    shapes, places = places_of(network, box)
    for shape, place in zip(shapes, places, strict=True):
        assert len(place.tiles.planes) * place.tiles.cells == math.prod(shape)
        for plane in range(len(place.tiles.planes)):
            for cell in range(0, place.tiles.cells, 7):
                center = place.cell_box(plane, cell).center
                assert place.cell_at(center.x, center.y) == (plane, cell)


def test_beside_the_cells_is_nothing(network):
    _, places = places_of(network, BOXES[0])
    for place in places:
        assert place.cell_at(place.box.x - 1, place.box.y) is None
        assert place.cell_at(place.box.right + 1, place.box.bottom) is None


@pytest.mark.parametrize(
    ("maps", "rows"), ((1, 1), (3, 1), (4, 2), (5, 2), (6, 2), (8, 2), (16, 4), (32, 4), (7, 2))
)
def test_maps_stand_in_a_block(maps, rows):
    assert rows_of_maps(maps) == rows
