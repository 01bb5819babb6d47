"""The row of products: what lies under the filter, times the filter, and what it adds up to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nnviz.engine.graph import ConvolutionLayer, DenseLayer, Layer, WeightedLayer
from nnviz.engine.ops.base import Elementwise
from nnviz.engine.ops.convolution import Convolution
from nnviz.engine.ops.rounding import summed
from nnviz.engine.ref import Part, Ref
from nnviz.ui.picture.maps_fields import is_turned, touched_by
from nnviz.ui.picture.maps_parts import Address, Frame, Grid, Look, Note, Product, Region, Sign, Values, Work
from nnviz.ui.picture.maps_planes import Planes, is_whole
from nnviz.ui.picture.maps_subject import Subject
from nnviz.ui.picture.parts import Number

MOST_PLANES = 6
TIMES, EQUALS, SUM, PLUS = Sign("⊙"), Sign("="), Sign("Σ", is_arrow=True), Sign("+")


def products_of_field(
    planes: Planes, layer: ConvolutionLayer, subject: Subject, field: Region
) -> Work | None:
    """pixels ⊙ weights = products → Σ → z; of several channels the products, with a sum for each."""
    channels = layer.x.shape[0]
    if channels > MOST_PLANES or subject.cell is None:
        return None
    f, z = subject.cell[0], Ref(layer.z.scope, cell=subject.cell)
    fields = [_under(planes, layer, k, field) for k in range(channels)]
    weights = [_as_laid(layer, grid) for grid in planes.filter(layer, f)]
    reach = _reach(subject, channels * field.rows * field.columns, layer)
    return _work(planes, layer, f, z, fields, weights, reach)


def products_of_units(planes: Planes, layer: DenseLayer, subject: Subject) -> Work | None:
    """The same for a unit that reads everything."""
    assert subject.unit is not None
    fields = [replace(grid, is_echo=True) for grid in planes.all_of(layer.x)]
    if len(fields) > MOST_PLANES:
        return None
    if fields[0].is_wide:
        fields = [_lying(grid) for grid in fields]
    weights = list(planes.weights_into(layer, subject.unit))
    if weights[0].is_wide:
        weights = [_lying(grid) for grid in weights]
    weights = [replace(grid, is_echo=True) for grid in weights]
    z = Ref(layer.z.scope, cell=(subject.unit,))
    reach = _reach(subject, layer.w.shape[1], layer)
    return _work(planes, layer, subject.unit, z, fields, weights, reach)


def products_of_errors(planes: Planes, above: DenseLayer, subject: Subject) -> Work | None:
    """δ ⊙ weights = products → Σ → ∂E/∂a of one number that a dense layer reads."""
    layer = subject.stage.layer
    assert layer is not None and subject.unit is not None
    delta, weight = planes.vector(above.z, Part.DELTA), planes.weights_from(above, subject.unit)
    if not delta.is_wide:
        return slope_only(planes, layer, _delta_of(layer, subject)) if _has_slope(layer) else None
    fields, weights = [_lying(replace(delta, is_echo=True))], [_lying(replace(weight, is_echo=True))]
    error = Ref(layer.a.scope, Part.GRADIENT, subject.cell or ())
    is_summing = subject.ref == error and subject.reached is not None
    reach = subject.reached + 1 if is_summing and subject.reached is not None else above.units
    (product,) = _products(planes, error, fields, weights, reach)
    rest: tuple[Sign | Note, ...] = (_note(planes, "∂E/∂a", error, not _has_slope(layer)),)
    if _has_slope(layer):
        rest = _slope(planes, layer, _delta_of(layer, subject))
    short = (Product(product, "products"), SUM, *rest)
    return Work((Product(fields[0], "δ"), TIMES, Product(weights[0], "weights"), EQUALS, *short), short)


def slope_only(planes: Planes, layer: Layer, delta: Ref) -> Work:
    """∂E/∂a · φ′(z) = δ."""
    return Work(_slope(planes, layer, delta))


def _slope(planes: Planes, layer: Layer, delta: Ref) -> tuple[Sign | Note, ...]:
    assert isinstance(layer, WeightedLayer)
    error, slope = (Ref(layer.a.scope, part, delta.cell) for part in (Part.GRADIENT, Part.SLOPE))
    sign = () if planes.moment.textbook.conventions.delta_sign > 0 else (Sign("−"),)
    return (
        *sign,
        _note(planes, "∂E/∂a", error),
        Sign("·"),
        _note(planes, "φ′(z)", slope),
        EQUALS,
        _note(planes, "δ", delta, True),
    )


def products_of_weight(planes: Planes, layer: ConvolutionLayer, subject: Subject) -> Work | None:
    """inputs ⊙ δ = products → Σ → ∂E/∂w of one weight of a filter, for one example."""
    ref = subject.ref
    assert ref is not None
    assert isinstance(layer.z.op, Convolution)
    if len(planes.moment.rows) > 1 or layer.z.op.stride != (1, 1):
        return None
    f, channel, *tap = ref.cell
    region = touched_by(planes.graph, layer, tuple(tap))
    assert region is not None
    field = _under(planes, layer, channel, region)
    delta = replace(planes.plane(layer.z, Part.DELTA, f), is_echo=True)
    reach = field.cells if subject.reached is None else subject.reached + 1
    (product,) = _products(planes, ref, [field], [delta], reach)
    short = (Product(product, "products"), SUM, _note(planes, "∂E/∂w", ref, True))
    words = "pixels" if layer.x is planes.graph.inputs else "inputs"
    return Work((Product(field, words), TIMES, Product(delta, "δ"), EQUALS, *short), short)


def _note(planes: Planes, word: str, ref: Ref, is_new: bool = False) -> Note:
    return Note(word, replace(planes.reader.number(ref), is_echo=not is_new), is_new=is_new)


def _has_slope(layer: Layer) -> bool:
    return isinstance(layer, WeightedLayer) and isinstance(layer.a.op, Elementwise)


def _delta_of(layer: Layer, subject: Subject) -> Ref:
    assert isinstance(layer, WeightedLayer)
    return Ref(layer.z.scope, Part.DELTA, subject.cell or ())


def _work(
    planes: Planes,
    layer: WeightedLayer,
    unit: int,
    z: Ref,
    fields: list[Grid],
    weights: list[Grid],
    reach: int,
) -> Work:
    products = _products(planes, z, fields, weights, reach)
    result = Note("z", planes.reader.number(z), is_letter=True, is_new=True)
    bias = _bias(planes, layer, unit)
    words = "pixels" if layer.x is planes.graph.inputs else "inputs"
    if len(products) > 1:
        row: list[Product | Sign | Note] = []
        for k, (product, label) in enumerate(zip(products, planes.labels(layer), strict=True)):
            named = replace(product, label=label)
            row += [*([PLUS] if k else []), Product(named, "", _total(planes, z, product))]
        return Work((*row, *bias, EQUALS, result))
    (field,), (weight,), (product,) = fields, weights, products
    short = (Product(product, "products"), *bias, SUM, result)
    return Work((Product(field, words), TIMES, Product(weight, "weights"), EQUALS, *short), short)


def _bias(planes: Planes, layer: WeightedLayer, unit: int) -> tuple[Sign | Note, ...]:
    if layer.b is None:
        return ()
    ref = Ref(layer.b.scope, cell=(min(unit, layer.b.shape[0] - 1),))
    number = planes.reader.number(ref)
    return (PLUS, Note("bias", replace(number, is_echo=True)))


def _total(planes: Planes, z: Ref, product: Grid) -> Number | None:
    """What one channel adds, once all of its products are there."""
    cells = product.values.array
    if not np.isfinite(cells).all():
        return None
    return planes.reader.echo(z, summed(cells.ravel().tolist()), "forward")


def _reach(subject: Subject, count: int, layer: WeightedLayer) -> int:
    """How many of the products the step has come to."""
    if subject.reached is None or subject.ref is None or subject.ref.scope != layer.z.scope:
        return count
    return subject.reached + 1 - int(layer.b is not None)


def _products(planes: Planes, z: Ref, fields: list[Grid], weights: list[Grid], reach: int) -> list[Grid]:
    """Product by product what the planes make together; NaN for what the step has not come to."""
    arrays = [f.values.array * w.values.array for f, w in zip(fields, weights, strict=True)]
    before, found = 0, []
    largest = max((float(np.fmax.reduce(np.abs(a), axis=None, initial=0.0)) for a in arrays), default=0.0)
    decimals = 0 if all(is_whole(a) for a in arrays) else None
    for field, array in zip(fields, arrays, strict=True):
        count = field.cells
        shown = np.where(np.arange(array.size).reshape(array.shape) < reach - before, array, np.nan)
        address = Address(z.scope, z.part, (), (), *array.shape)
        last = reach - before - 1
        frames: tuple[Frame, ...] = ()
        if reach < count * len(fields) and 0 <= last < count:
            row, column = divmod(last, array.shape[1])
            frames = (Frame(Region(row, column, row + 1, column + 1), Look.TERM),)
        found.append(
            Grid(
                address,
                Values(shown),
                largest=largest or 1.0,
                decimals=decimals,
                digits=planes.reader.digits,
                frames=frames,
                into=planes.moment.stage.into if planes.moment.stage else None,
                is_echo=True,
                echo_of=z,
                count=count,
            )
        )
        before += count
    return found


def _under(planes: Planes, layer: ConvolutionLayer, channel: int, field: Region) -> Grid:
    """The cells that lie under the filter in one channel, zeros where it reaches into the padding."""
    cells = np.zeros((field.rows, field.columns))
    rows, columns = layer.x.shape[1:]
    inside = Region(max(field.top, 0), max(field.left, 0), min(field.bottom, rows), min(field.right, columns))
    if inside.rows > 0 and inside.columns > 0:
        source = planes.array(layer.x)[channel, inside.top : inside.bottom, inside.left : inside.right]
        down, right = inside.top - field.top, inside.left - field.left
        cells[down : down + inside.rows, right : right + inside.columns] = source
    whole = planes.plane(layer.x, Part.VALUE, channel)
    address = replace(
        whole.address, base=(channel, field.top, field.left), rows=field.rows, columns=field.columns
    )
    return replace(whole, address=address, values=Values(cells), count=cells.size, is_echo=True)


def _as_laid(layer: ConvolutionLayer, grid: Grid) -> Grid:
    """A plane of a filter as it lies on the image."""
    grid = replace(grid, is_echo=True)
    if not is_turned(layer):
        return grid
    return replace(
        grid,
        address=replace(grid.address, turned=True),
        values=Values(grid.values.array[::-1, ::-1]),
    )


def _lying(grid: Grid) -> Grid:
    """A column as a row."""
    rows = grid.rows
    address = replace(grid.address, rows=1, columns=rows)
    return replace(grid, address=address, values=Values(grid.values.array.reshape(1, rows)), is_wide=False)
