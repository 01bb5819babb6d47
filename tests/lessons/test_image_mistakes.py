"""Bad lessons with images: the message names line, layer, what was found and what was wanted."""

from __future__ import annotations

import pytest

from nnviz.engine.graph import ConvolutionLayer, DenseLayer, PoolingLayer
from nnviz.lessons import catalogue
from nnviz.lessons.errors import LessonError
from tests.lessons.small_images import GOOD

IMAGE = "[[9, 8, 7, 6], [5, 4, 3, 2], [1, 0, 1, 2], [3, 4, 5, 6]]"
EIGHT = "[network.image]\nrows = 8\ncolumns = 8\n[data]\n"
FILTERS = "filters = 2\nsize = [3, 3]"

BAD = [
    # (what is replaced, by what, the line that the message names if it is another, the message)
    ("size = [3, 3]", "size = [5, 3]",
     None, "network.layers[1].size: Convolution: found a filter of 5 × 3, wanted at most 4 × 4: x is 4 × 4"),
    ("size = [3, 3]", "size = [7, 3]\npadding = 1", "padding = 0", "this is not TOML"),
    ("padding = 0", "padding = 1\ntrainable = 3", "trainable = 3", "found 3, wanted true or false"),
    ("stride = 1", "stride = 0",
     None, "network.layers[1].stride: found 0, wanted 1 or more"),
    ("stride = 1", "stride = [1, 0]", None, "network.layers[1].stride[2]: found 0, wanted 1 or more"),
    ("stride = 1", "stride = 1.5", None, "network.layers[1].stride: found 1.5, wanted a whole number"),
    ("stride = 1", "stride = [1, 2, 3]",
     None, "network.layers[1].stride: found a list of 3, wanted at most 2"),
    ("padding = 0", "padding = -1",
     None, "network.layers[1].padding: found -1, wanted 0 or more"),
    ("size = 2\n", "size = 3\n",
     None, "network.layers[2].size: Pool: found a window of 3 × 3, wanted at most 2 × 2: conv/a is 2 × 2"),
    ("size = 2\n", "size = 2\nstride = 0\n",
     "stride = 0", "network.layers[2].stride: found 0, wanted 1 or more"),
    ('kind = "max_pool"', 'kind = "min_pool"',
     None, "network.layers[2].kind: found “min_pool”, wanted one of dense, convolution, max_pool, "),
    ("units = 2", "units = 2\nstride = 1",
     "stride = 1", "network.layers[4].stride: found a field that does not belong here (dense)"),
    ("size = 2\n", "size = 2\npading = 1\n",
     "pading = 1", "found a field that lessons do not have; did you mean “padding”"),
    ("filters = 2\n", "", "[[network.layers]]", "network.layers[1].filters: Convolution: missing"),
    ("filters = 2", "filters = 0",
     None, "network.layers[1].filters: found 0, wanted 1 or more"),
    (FILTERS, "kernels = [[[[1, 2], [3, 4]], [[1, 2], [3, 4]]]]",
     None, "kernels: Convolution, kernel 1: found 2 channels, wanted 1 as in the maps it reads"),
    (FILTERS, "kernels = [[[1, 2], [3]]]",
     None, "Convolution, kernel 1, row 2: found 1 number, wanted 2 as in row 1"),
    (FILTERS, "kernels = [[[1, 2], [3, 4]], [[1, 2, 3]]]",
     None, "kernel 2: found 1 × 3, wanted 2 × 2 as kernel 1"),
    (FILTERS, 'kernels = ["vertikal"]',
     None, "kernel 1: found “vertikal”, wanted numbers or one of horizontal, "),
    (FILTERS, "kernels = [[[1, inf]]]",
     None, "network.layers[1].kernels[1][1][2]: found inf, wanted a finite number"),
    (FILTERS, "kernels = [[[1, 2], 3]]",
     None, "network.layers[1].kernels[1][2]: found 3, wanted a list with an entry for each filter"),
    (FILTERS, "kernels = [[[1, [2]]]]",
     None, "kernel 1, row 1: found lists among numbers, wanted rows of numbers"),
    (FILTERS, "filters = 2\nsize = [3, 3]\nkernels = [[[1, 2], [3, 4]]]",
     "filters = 2", "filters: Convolution: found 2, wanted 1, as many as"),
    (FILTERS, "size = 3\nkernels = [[[1, 2], [3, 4]]]",
     "size = 3", "size: Convolution: found 3 × 3, wanted 2 × 2 as"),
    (FILTERS, "filters = 2\nsize = [3, 3]\nbiases = [1]",
     "biases = [1]", "biases: Convolution: found 1, wanted 2, one for each filter"),
    (FILTERS, "filters = 2\nsize = [3, 3]\nbias = false\nbiases = [1, 2]",
     "biases = [1, 2]", "found biases in a layer without, wanted none"),
    (FILTERS, 'filters = 2\nsize = [3, 3]\nnames = ["a"]',
     'names = ["a"]', "names: Convolution: found 1, wanted 2, one for each filter"),
    ('activation = "relu"', 'activation = "softmax"',
     None, "found “softmax”, which belongs to a layer of classes"),
    ('kind = "flatten"', 'kind = "flatten"\nunits = 3',
     "units = 3", "found a field that does not belong here (flatten)"),
    ('name = "Output"\nunits = 2\nactivation = "softmax"', 'name = "Output"\nkind = "max_pool"\nsize = 1',
     'kind = "flatten"', "network.layers[3].kind: Flatten: found Output behind it, wanted a dense layer"),
    ("rows = 4", "rows = 5",
     "images = [", "data.images: image 1: found 4 rows, wanted 5 as in network.image"),
    ("columns = 4", "columns = 5",
     "images = [", "data.images: image 1: found 4 columns, wanted 5 as in network.image"),
    ("rows = 4", "rows = 65", None, "network.image.rows: found 65, wanted at most 64"),
    ('channels = ["gray"]', "channels = 5",
     None, "network.image.channels: found 5, wanted at most 4"),
    ('channels = ["gray"]', "channels = 3",
     "images = [", "image 1: found 1 channel, wanted 3 as in network.image"),
    ("range = [0, 255]", "range = [255, 0]", None, "found 255 and 0, wanted a lower and a higher number"),
    (IMAGE, "[[9, 8, 7, 6], [5, 4, 3], [1, 0, 1, 2], [3, 4, 5, 6]]",
     "images = [", "data.images: image 2, row 2: found 3 numbers, wanted 4 as in row 1"),
    (IMAGE, "[[9, 8, 7, nan], [5, 4, 3, 2], [1, 0, 1, 2], [3, 4, 5, 6]]",
     "images = [", "wanted a finite number"),
    (IMAGE, "[[9, 8, 7, 1e999], [5, 4, 3, 2], [1, 0, 1, 2], [3, 4, 5, 6]]",
     "images = [", "wanted a finite number"),
    (IMAGE, "7", "images = [", "data.images[2]: found 7, wanted a list in brackets"),
    (IMAGE, "[]", "images = [", "data.images[2]: found a list of 0, wanted at least 1"),
    ('labels = ["rising", "falling"]', 'labels = ["rising"]',
     None, "data.labels: found 1, wanted 2, one for each"),
    ('labels = ["rising", "falling"]', 'labels = ["rising", "up"]\nclasses = ["rising", "falling"]',
     'labels = ["rising", "up"]', "data.labels: found “up”, wanted one of rising, falling"),
    ('labels = ["rising", "falling"]', 'labels = ["a", "b"]\nclasses = ["a", "b", "a"]',
     'classes = ["a", "b", "a"]', "found a class twice"),
    ('labels = ["rising", "falling"]', "targets = [[1, 0]]",
     None, "found 1 row, wanted 2, one for each image"),
    ('labels = ["rising", "falling"]', "targets = [[1, 0], [1]]", None, "row 2: found 1 number, wanted 2"),
    ('labels = ["rising", "falling"]', "labels = [1, 2]\ntargets = [[1], [2]]",
     "targets = [[1], [2]]", "found beside labels"),
    ('labels = ["rising", "falling"]', "",
     "[data]", "data.targets: found 0, wanted at least one target column"),
    ('labels = ["rising", "falling"]', "labels = [1, 2]\ntest_examples = 3",
     "test_examples = 3", "only a dataset has images to test"),
    ('labels = ["rising", "falling"]', "labels = [1, 2]\nexamples = 1",
     "examples = 1", "data.examples: found beside images, wanted only with dataset: all images are used"),
    ('labels = ["rising", "falling"]', 'labels = [1, 2]\ndataset = "digits-8x8"',
     "images = [", "found beside dataset"),
    ('labels = ["rising", "falling"]', 'labels = [1, 2]\n[data.normalize]\nmethod = "range"\nmin = [0]',
     "min = [0]", "data.normalize.min: found in a lesson with images, wanted network.image.range"),
    ('numbering = "layer"', 'numbering = "network"',
     None, "found numbering “network”, wanted “layer”: maps are numbered"),
    ('numbering = "layer"', "numbers = [1, 2]",
     None, "network.numbers: found in a network that reads images"),
    ('numbering = "layer"', 'inputs = ["a"]',
     "[network.image]", "network.image: found beside inputs, wanted one of them"),
    ("[training]", '[start]\nat = "z[conv,3,0,0]"\n[training]',
     'at = "z[conv,3,0,0]"', "start.at: z[conv,3,0,0]: found map 3, wanted 1 … 2"),
    ("[training]", '[[expect]]\nat = "a[conv,1]"\nmap = [[1, 2]]\ntolerance = 0\n[training]',
     "map = [[1, 2]]", "expect[1].map: found 1 row, wanted 2 × 2"),
    ("[training]", '[[expect]]\nat = "a[conv,1]"\nmap = [[1, 2], [3]]\ntolerance = 0\n[training]',
     "map = [[1, 2], [3]]", "expect[1].map: row 2: found 1 number, wanted 2 × 2"),
    ("[training]", '[[expect]]\nat = "a[output,1]"\nmap = [[1]]\ntolerance = 0\n[training]',
     'at = "a[output,1]"', "expect[1].at: a[output,1,0,0]: found 3 indices, wanted one neuron"),
    ("[training]", "[narration]\n'sum/conv/3,0,0' = 'a'\n[training]",
     "'sum/conv/3,0,0' = 'a'", "found “3,0,0”, which is no cell of conv"),
    (FILTERS, "kernels = [[1, 2], [3, 4]]",
     None, "kernels[1][1]: found 1, wanted a list with an entry for each filter: a table as in [[[0, 1], "),
    (FILTERS, 'kernels = "horizontal"',
     None, "kernels: found “horizontal”, wanted a list with an entry for each filter: a table as in"),
    ("size = 2\n", 'id = "conv"\n', 'id = "conv"', "network.layers[2].id: found “conv” twice"),
    ("size = 2\n", 'id = "A b"\n', 'id = "A b"', "wanted small letters, digits and underscores"),
    ('kind = "convolution"\nfilters = 2\nsize = [3, 3]\nstride = 1\npadding = 0', "units = 3",
     'kind = "max_pool"', "Pool: found a dense layer in front of it, wanted it behind: it reads maps"),
    ("learning_rate = 0.1", "lerning_rate = 0.1",
     None, "training.lerning_rate: found a field that lessons do not have; did you mean “learning_rate”"),
    ("learning_rate = 0.1", "learning_rate = 0.1\nbatch = 0",
     "batch = 0", "batch: found 0, wanted 1 or more"),
    ("learning_rate = 0.1", 'learning_rate = 0.1\nbatch = "one"',
     'batch = "one"', "batch: found “one”, wanted “all” or a whole number"),
    ("[training]", "[narration]\n'sum/conv[0,0]' = 'a'\n[training]",
     "'sum/conv[0,0]' = 'a'", "narration.sum/conv[0,0]: found layer “conv[0,0]”, wanted one of conv, pool, "),
    ("[training]", '[narration]\n"forward/conv/[[.]]=" = "a"\n[training]',
     '"forward/conv/[[.]]=" = "a"', "found “[[.]]=”, which is no cell of conv"),
]  # fmt: skip


def mistaken(old: str, new: str) -> LessonError:
    assert old in GOOD
    with pytest.raises(LessonError) as error:
        catalogue.from_text(GOOD.replace(old, new, 1), "mine.toml")
    return error.value


def test_the_lesson_that_the_mistakes_are_made_in_is_good():
    lesson = catalogue.from_text(GOOD)
    assert [type(layer) for layer in lesson.timeline.graph.layers] == [
        ConvolutionLayer,
        PoolingLayer,
        DenseLayer,
    ]
    assert [layer.a.shape for layer in lesson.timeline.graph.layers] == [(2, 2, 2), (2, 1, 1), (2,)]


@pytest.mark.parametrize(
    ("old", "new", "place", "says"), BAD, ids=[f"{i}-{b[1][:30]}" for i, b in enumerate(BAD)]
)
def test_a_mistake_is_told_with_its_place(old, new, place, says):
    error = mistaken(old, new)
    assert says in error.one_line
    line_number = error.problems[0].line
    assert GOOD.replace(old, new, 1).splitlines()[line_number - 1] == (place or new.strip())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            '[network]\ninputs = ["a"]\n[data]\nimages = [[[1]]]',
            "found images for a network that reads columns",
        ),
        ('[network.image]\ncolumns = 1\n[data]\ncolumns = ["a"]\nrows = [[1]]', "wanted images or dataset"),
        ('[network]\n[data]\ncolumns = ["a"]\nrows = [[1]]', "missing, wanted inputs or a table"),
        (f'{EIGHT}dataset = "digits"', "wanted one of digits-8x8, digits-28x28"),
        (
            f'{EIGHT.replace("rows = 8", "rows = 6")}dataset = "digits-8x8"',
            "rows: found 6, wanted 8 for the im",
        ),
        (f'{EIGHT}dataset = "digits-8x8"\nexamples = 1298', "found 1,298, wanted at most 1,297"),
    ],
)
def test_data_must_be_what_the_network_reads(text, says):
    head, data = text.split("[data]")
    layer = '[[network.layers]]\nname = "Output"\nunits = 1\nweights = [[0, 0]]\n'
    with pytest.raises(LessonError) as error:
        catalogue.from_text(f'format = 1\ntitle = "t"\n{head}{layer}[data]{data}')
    assert says in error.value.one_line


def test_maps_that_are_far_too_large_are_refused():
    error = mistaken(FILTERS + "\nstride = 1\npadding = 0", "filters = 256\nsize = 1\npadding = 10")
    assert "found maps of 147,456 cells, wanted at most 65,536" in error.one_line


def test_maps_at_the_output_have_no_target():
    text = GOOD[: GOOD.index('[[network.layers]]\nname = "Flatten"')] + GOOD[GOOD.index("[data]") :]
    with pytest.raises(LessonError, match="found maps at the output, wanted a dense layer at the end"):
        catalogue.from_text(text)
