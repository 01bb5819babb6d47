"""The picture of a network of maps at a moment: its current step, or what is selected."""

from __future__ import annotations

from collections.abc import Callable

from nnviz.engine.outline import Kind
from nnviz.ui.picture import maps_backward as backward
from nnviz.ui.picture import maps_forward as forward
from nnviz.ui.picture import maps_pooling as pooling
from nnviz.ui.picture import maps_units as units
from nnviz.ui.picture import maps_weights as weights
from nnviz.ui.picture.maps_marks import with_marks
from nnviz.ui.picture.maps_parts import MapPicture
from nnviz.ui.picture.maps_planes import Planes
from nnviz.ui.picture.maps_subject import Subject, current_subject, subject_of
from nnviz.ui.picture.reader import Reader

Maker = Callable[[Planes, Subject], MapPicture]

OF_MAPS: dict[Kind, Maker] = {
    Kind.SUM: forward.sum_of_maps,
    Kind.ACTIVATION: forward.activation_of_maps,
    Kind.POOL: pooling.pooling,
    Kind.ERROR: backward.errors,
    Kind.DELTA: backward.errors,
    Kind.GRADIENT: weights.gradient_of_filter,
    Kind.UPDATE: weights.update_of_filter,
}
OF_UNITS: dict[Kind, Maker] = {
    Kind.SUM: units.sum_of_units,
    Kind.ACTIVATION: units.activation_of_units,
    Kind.LOSS: units.loss,
    Kind.ERROR: backward.errors,
    Kind.DELTA: backward.errors,
    Kind.GRADIENT: weights.gradient_of_unit,
    Kind.UPDATE: weights.update_of_unit,
}


def map_picture_of(reader: Reader) -> MapPicture:
    """What the current step shows; where the selected number is not in it, the step that computes that."""
    planes = Planes(reader)
    picture = _made(planes, current_subject(reader.moment, reader.depth))
    selection = reader.selection
    if selection is not None and not picture.shows(selection):
        subject = subject_of(reader.moment, selection)
        if subject is not None:
            picture = _made(planes, subject)
    return with_marks(planes, picture)


def _made(planes: Planes, subject: Subject) -> MapPicture:
    layer = subject.stage.layer
    makers = OF_UNITS if layer is None or not layer.is_map else OF_MAPS
    return makers[subject.stage.kind](planes, subject)
