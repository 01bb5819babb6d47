"""The data of a lesson that reads images: from pixels as listed or shipped to what the network reads."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nnviz.engine.measures import Examples
from nnviz.engine.numbers import counted
from nnviz.engine.ops.base import Array
from nnviz.engine.preparation import Category, Preparation, Scaling
from nnviz.lessons.data import Prepared, encoded, kept_names
from nnviz.lessons.datasets import DATASETS, DataSet, Labels, select
from nnviz.lessons.errors import BuildError
from nnviz.lessons.grids import GridError, grid
from nnviz.lessons.lesson import Encoding, ImageInfo
from nnviz.lessons.schema import ImageTable
from nnviz.lessons.schema_data import ImagesTable, NormalizeTable
from nnviz.lessons.splits import Parts, Rows, parts_of

MOST_PIXELS_IN_ALL = 10_000_000


@dataclass(frozen=True)
class _Raw:
    """Images (N, channel, row, column) as listed, and their targets (N, n_out; n_out may be 0).

    Where they have classes, `encoding` says how the targets stand for them. `test` are images that the data
    set itself keeps apart, with their targets.
    """

    images: Array
    targets: Array
    classes: tuple[str, ...] = ()
    range: tuple[float, float] | None = None
    source: str = ""
    encoding: Encoding | None = None
    test: Examples | None = None


def channel_names(image: ImageTable) -> tuple[str, ...]:
    """The names of the channels of an image; empty where the lesson gives only their number."""
    return () if isinstance(image.channels, int) else tuple(image.channels)


def shape_of(image: ImageTable) -> tuple[int, int, int]:
    """(channels, rows, columns)."""
    channels = image.channels if isinstance(image.channels, int) else len(image.channels)
    return channels, image.rows, image.columns


def prepared_images(table: ImagesTable, image: ImageTable) -> Prepared:
    """Check the images and prepare them. Raises BuildError."""
    _check_range(image)
    whole = _shipped(table, image) if table.dataset is not None else _listed(table, image)
    raw, parts = _divided(table, whole)
    count, shape, targets = len(raw.images), raw.images.shape[1:], raw.targets.shape[1]
    pixels = raw.images[0].size
    bounds = raw.range if image.range is None else (image.range[0], image.range[1])
    scaling = _scaling(table.normalize, raw.images, bounds)
    preparation = Preparation(
        np.concatenate([raw.images.reshape(count, pixels), raw.targets], axis=1),
        (*_pixel_names(image), *_target_names(raw, targets)),
        (*(scaling,) * pixels, *(Scaling("none"),) * targets),
        tuple(range(pixels + targets)),
        (None,) * (pixels + targets),
        notes=parts.notes(),
    )
    inputs = scaling.apply(raw.images)
    if not np.isfinite(inputs).all():
        raise BuildError("data.normalize", "found numbers that overflow when they are normalized")
    low, high = (None, None) if bounds is None else map(float, scaling.apply(np.array(bounds)))
    info = ImageInfo(
        image.name or "", shape[1], shape[2], channel_names(image) or ("",) * shape[0], low, high
    )
    return Prepared(
        inputs,
        raw.targets,
        preparation,
        kept_names(table.names, len(whole.images), parts.training, "image"),
        raw.classes,
        info,
        raw.source,
        _scaled(raw.test, scaling),
        _scaled(_part(whole, parts.validation), scaling),
        raw.encoding,
    )


def _divided(table: ImagesTable, raw: _Raw) -> tuple[_Raw, Parts]:
    """The images to train on, with those to test with, and the rows of all parts."""
    if table.split is not None and table.split.test and raw.test is not None:
        raise BuildError("data.split.test", "found beside test_examples, wanted one of them")
    classes = raw.targets @ np.arange(1.0, raw.targets.shape[1] + 1.0)  # another number for each code
    parts = parts_of(table.split, len(raw.images), classes if raw.encoding else None)
    if table.split is None:
        return raw, parts
    rows, test = parts.training, _part(raw, parts.test) or raw.test
    return replace(raw, images=raw.images[rows], targets=raw.targets[rows], test=test), parts


def _part(raw: _Raw, rows: Rows) -> Examples | None:
    return Examples(raw.images[rows], raw.targets[rows]) if len(rows) else None


def _scaled(examples: Examples | None, scaling: Scaling) -> Examples | None:
    return None if examples is None else replace(examples, inputs=scaling.apply(examples.inputs))


def _check_range(image: ImageTable) -> None:
    if image.range is not None and not image.range[0] < image.range[1]:
        low, high = image.range
        raise BuildError(
            "network.image.range", f"found {low:g} and {high:g}, wanted a lower and a higher number"
        )


# Images that the lesson lists


def _listed(table: ImagesTable, image: ImageTable) -> _Raw:
    if table.images is None:
        raise BuildError("data", "found neither images nor dataset, wanted one of them")
    if table.test_examples:
        raise BuildError("data.test_examples", "only a dataset has images to test with")
    if "examples" in table.model_fields_set:
        raise BuildError(
            "data.examples", "found beside images, wanted only with dataset: all images are used"
        )
    size = len(table.images) * int(np.prod(shape_of(image)))
    if size > MOST_PIXELS_IN_ALL:
        raise BuildError("data.images", f"found {size:,} pixels, wanted at most {MOST_PIXELS_IN_ALL:,}")
    images = np.stack([_image(number, rows, image) for number, rows in enumerate(table.images, 1)])
    if table.labels is not None and table.targets is not None:
        raise BuildError("data.targets", "found beside labels, wanted one of them")
    if table.labels is None:
        if table.classes is not None:
            raise BuildError("data.classes", "found without labels, wanted labels that name them")
        if table.encoding is not None:
            raise BuildError("data.encoding", f"found “{table.encoding}” without labels, wanted labels")
        return _Raw(images, _targets(table, len(images)))
    classes, labels = _labels(table, len(images))
    targets = _encoded(np.array(labels), classes, table.encoding)
    return _Raw(images, targets, classes, encoding=table.encoding or "one_hot")


def _image(number: int, rows: list[list[float | list[float]]], image: ImageTable) -> Array:
    try:
        array = grid(rows, f"image {number}")
    except GridError as error:
        raise BuildError("data.images", str(error)) from None
    for found, wanted, what in zip(array.shape, shape_of(image), ("channel", "row", "column"), strict=True):
        if found != wanted:
            message = f"image {number}: found {counted(found, what)}, wanted {wanted} as in network.image"
            raise BuildError("data.images", message)
    return array


def _targets(table: ImagesTable, count: int) -> Array:
    if table.targets is None:
        return np.zeros((count, 0))
    if len(table.targets) != count:
        raise BuildError(
            "data.targets", f"found {counted(len(table.targets), 'row')}, wanted {count}, one for each image"
        )
    for row, values in enumerate(table.targets, 1):
        if len(values) != len(table.targets[0]) or not values:
            wanted = max(1, len(table.targets[0]))
            raise BuildError(
                "data.targets", f"row {row}: found {counted(len(values), 'number')}, wanted {wanted}"
            )
    return np.array(table.targets, dtype=np.float64)


def _labels(table: ImagesTable, count: int) -> tuple[tuple[str, ...], list[int]]:
    """The classes, and for every image the number of its class."""
    labels = [str(label) for label in table.labels or ()]
    if len(labels) != count:
        raise BuildError("data.labels", f"found {len(labels)}, wanted {count}, one for each image")
    classes = table.classes or sorted(set(labels), key=lambda name: (len(name), name))
    if len(set(classes)) != len(classes):
        raise BuildError("data.classes", "found a class twice, wanted each once")
    for label in labels:
        if label not in classes:
            raise BuildError("data.labels", f"found “{label}”, wanted one of {', '.join(classes)}")
    return tuple(classes), [classes.index(label) for label in labels]


# Images that are shipped


def _shipped(table: ImagesTable, image: ImageTable) -> _Raw:
    data = DATASETS.get(str(table.dataset))
    if data is None:
        raise BuildError("data.dataset", f"found “{table.dataset}”, wanted one of {', '.join(DATASETS)}")
    for field in ("images", "labels", "classes", "targets"):
        if getattr(table, field) is not None:
            raise BuildError(f"data.{field}", f"found beside dataset, which has its own {field}")
    _check_size(data, table, image)
    try:
        train, test = select(data, table.examples, table.test_examples)
    except ValueError as error:
        raise BuildError("data.examples", str(error)) from None
    targets, tests = (_encoded(one.labels, data.classes, table.encoding) for one in (train, test))
    kept = Examples(test.images, tests) if table.test_examples else None
    encoding = table.encoding or "one_hot"
    return _Raw(train.images, targets, data.classes, data.range, data.source, encoding, kept)


def _check_size(data: DataSet, table: ImagesTable, image: ImageTable) -> None:
    for field, found, wanted in zip(
        ("channels", "rows", "columns"), shape_of(image), (1, *data.size), strict=True
    ):
        if found != wanted:
            message = f"found {found}, wanted {wanted} for the images of {table.dataset}"
            raise BuildError(f"network.image.{field}", message)


def _encoded(labels: Labels, classes: tuple[str, ...], encoding: Encoding | None) -> Array:
    """The targets for the numbers of classes."""
    columns = encoded([Category(name, float(i)) for i, name in enumerate(classes)], encoding)
    return np.stack([one.apply(labels.astype(np.float64)) for one in columns], axis=1)


# Preparation


def _scaling(table: NormalizeTable | None, images: Array, bounds: tuple[float, float] | None) -> Scaling:
    """One scaling for all pixels; where the range begins at 0, as that of bytes does, it is one division."""
    if table is None or table.method == "none":
        return Scaling("none")
    for field in ("min", "max"):
        if getattr(table, field) is not None:
            raise BuildError(
                f"data.normalize.{field}", "found in a lesson with images, wanted network.image.range"
            )
    if table.method == "standard":
        scaling = Scaling.of("standard", images.ravel(), table.decimals, None, None)
    else:
        low, high = bounds if bounds is not None else (float(images.min()), float(images.max()))
        scaling = Scaling("range" if low else "divide", low, high, table.decimals)
    if not (np.isfinite(scaling.scale) and scaling.scale > 0):
        raise BuildError(
            "data.normalize", f"found pixels that differ by {scaling.scale:g}, wanted more than 0"
        )
    return scaling


def _pixel_names(image: ImageTable) -> list[str]:
    """What a raw pixel is called in the formula of its preparation."""
    channels, rows, columns = shape_of(image)
    names = channel_names(image) or (
        [f"channel {k + 1}" for k in range(channels)] if channels > 1 else ["pixel"]
    )
    if rows == 1:
        alone = "value" if channels == 1 else ""
        return [f"{alone or name}({c})" for name in names for c in range(columns)]
    return [f"{name}({r},{c})" for name in names for r in range(rows) for c in range(columns)]


def _target_names(raw: _Raw, targets: int) -> list[str]:
    if raw.encoding == "one_hot":
        return list(raw.classes)
    return [raw.classes[1]] if raw.encoding else [f"target {i + 1}" for i in range(targets)]
