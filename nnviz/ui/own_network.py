"""A network of one's own in the window: making, changing and saving it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog

from nnviz.ui.context import Context
from nnviz.ui.dialogs import open_dialog

if TYPE_CHECKING:
    from nnviz.engine.timeline import Timeline
    from nnviz.lessons.lesson import Lesson

SUFFIX = ".nnviz.toml"


def new_network(context: Context) -> None:
    """Ask what network it shall be, and open it."""
    from nnviz.ui.new_network import NewNetwork

    dialog = NewNetwork(context.window)
    dialog.created.connect(partial(context.open_lesson, is_saved=False))
    open_dialog(dialog)


def show_learning(context: Context) -> None:
    """Bring the choices of the open network to the front."""
    context.show_tables()
    context.tabs.open("learning")


def stop_text(lesson: Lesson) -> str:
    """Where the run button promises to go: to the end of an epoch, where epochs have several updates."""
    below, iterations, per_epoch = (
        lesson.stop.loss_below,
        lesson.stop.iterations,
        lesson.timeline.iterations_per_epoch,
    )
    if below is not None:
        return f"E < {below:g}"
    if per_epoch > 1 and iterations % per_epoch == 0:
        return f"epoch {iterations // per_epoch:,}"
    return f"iteration {iterations:,}"


def apply_choices(
    context: Context,
    fields: dict[str, Any],
    layers: list[Any] | None,
    keep_inputs: float | None = None,
    initial: str | None = None,
    pieces: int | None = None,
) -> bool:
    """Go on with another training, layers, dropout of inputs, first weights or pieces of a text.

    It is one step to be undone. False where it does not fit.
    """
    from nnviz.lessons.variation import keeps_run

    lesson = context.player.lesson
    assert lesson is not None
    is_same = layers is None and keep_inputs is None
    if is_same and initial is None and pieces is None and keeps_run(lesson, fields):
        return _vary(context, partial(_on_the_way, fields), "change of the training")
    what = "first weights" if initial is not None else "training" if pieces is None else "steps"
    variant = partial(_otherwise, fields, layers, keep_inputs, initial, pieces)
    return _vary(context, variant, f"change of the {what if is_same else 'layers'}")


def _otherwise(
    fields: dict[str, Any],
    layers: list[Any] | None,
    keep_inputs: float | None,
    initial: str | None,
    pieces: int | None,
    lesson: Lesson,
    *,
    timeline: Timeline,
    iteration: int,
) -> Lesson:
    """One change after the other, each from where the one before has ended."""
    from nnviz.lessons.variation import with_layers, with_other_weights, with_pieces, with_training

    if layers is not None or keep_inputs is not None:
        tables = lesson.file.network.layers if layers is None else layers
        lesson = with_layers(lesson, tables, keep_inputs, timeline=timeline, iteration=iteration)
        timeline, iteration = lesson.timeline, 0
    if pieces is not None:
        lesson = with_pieces(lesson, pieces, timeline=timeline, iteration=iteration)
        timeline, iteration = lesson.timeline, 0
    if fields:
        lesson = with_training(lesson, timeline=timeline, iteration=iteration, **_plain(fields))
        timeline, iteration = lesson.timeline, 0
    if initial is not None:
        lesson = with_other_weights(lesson, method=initial, timeline=timeline, iteration=iteration)
    return lesson


def _on_the_way(fields: dict[str, Any], lesson: Lesson, **now: Any) -> tuple[Lesson, Timeline]:
    from nnviz.lessons.variation import on_the_way

    return on_the_way(lesson, **now, **_plain(fields))


def vary_layer(context: Context, scope: str, changes: dict[str, Any]) -> None:
    """Another stride, padding, pool or size of the filters."""
    from nnviz.lessons.variation import varied

    _vary(context, partial(varied, layer=scope, **changes), "change of a layer")


def choose_filter(context: Context, scope: str, name: str, place: int) -> None:
    """A well-known filter in place of the one that is shown."""
    from nnviz.lessons.variation import with_kernel

    _vary(context, partial(with_kernel, layer=scope, name=name, filter=place), "change of a layer")


def _vary(context: Context, variant: Callable[..., Lesson | tuple[Lesson, Timeline]], what: str) -> bool:
    """Go on with another form of the lesson; what does not fit is said, and all stays as it is: False.

    A run that is under way goes on by itself.
    """
    from nnviz.lessons.errors import BuildError

    player = context.player
    assert player.lesson is not None
    was_running = player.is_running
    player.stop_running()
    try:
        made = variant(player.lesson, timeline=player.timeline, iteration=player.cursor.iteration)
    except BuildError as error:
        context.say(error.problem.message)
        return False
    lesson, run = made if isinstance(made, tuple) else (made, None)
    player.vary(lesson, what, run)
    context.rest()  # the button that was pressed is off now, and the keys would go to another
    if was_running:
        player.run_to_stop()
    return True


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Tables as the validator wants them."""
    return {
        name: value.model_dump(exclude_none=True) if hasattr(value, "model_dump") else value
        for name, value in fields.items()
    }


def restart_otherwise(context: Context) -> None:
    """Back to the start with other first weights."""
    from nnviz.lessons.variation import with_other_weights

    lesson = context.player.lesson
    assert lesson is not None
    initial = lesson.file.network.initial
    seed = 0 if initial is None else initial.seed

    def variant(lesson: Lesson, *, timeline: Timeline, iteration: int) -> Lesson:
        return with_other_weights(lesson, seed + 1, timeline=timeline)

    _vary(context, variant, "restart with other weights")
    context.player.to_start()
    if context.player.lesson is not lesson:
        context.say(f"Other first weights, drawn with seed {seed + 1}.")


def try_restarts(context: Context) -> None:
    """Ask how many first weights to try, and go on with the best of them."""
    from nnviz.ui.restarts_dialog import RestartsDialog

    player = context.player
    lesson = player.lesson
    assert lesson is not None
    if not lesson.timeline.graph.trains:
        context.say("This lesson does not train.")
        return
    player.stop_running()
    initial = lesson.file.network.initial
    seed = 0 if initial is None else initial.seed
    dialog = RestartsDialog(lesson, player.timeline, seed + 1, context.window)
    dialog.kept.connect(partial(_keep, context))
    open_dialog(dialog)


def _keep(context: Context, best: Lesson, count: int) -> None:
    """Go on with the best of some restarts, at the end of its run."""
    context.player.vary(best, f"best of {count} restarts")
    context.player.to_end()


def save_as(context: Context) -> None:
    """Ask where to, and save the lesson as it is now."""
    lesson = context.player.lesson
    assert lesson is not None
    path, _ = QFileDialog.getSaveFileName(
        context.window, "Save as a lesson", f"{lesson.name}{SUFFIX}", f"Lessons (*{SUFFIX})"
    )
    if path:
        save(context, _with_suffix(Path(path)))


def save(context: Context, path: Path) -> None:
    """Save the lesson as it is now; what was saved, or why it was not, is said."""
    from nnviz.lessons.errors import BuildError
    from nnviz.lessons.snapshot import left_out, snapshot
    from nnviz.lessons.writer import SaveError, write

    player = context.player
    lesson, timeline, iteration = player.lesson, player.timeline, player.cursor.iteration
    assert lesson is not None
    try:
        file = snapshot(lesson, timeline, iteration)
        csv = write(file, path)
    except SaveError as error:
        context.say(str(error))
        return
    except BuildError as error:
        context.say(f"not saved: {path.name}: {error}")
        return
    player.mark_saved()
    of = f", with the weights of iteration {iteration + 1:,}" if iteration else ""
    anew = ", written anew as its file has gone" if csv is not None and csv.was_gone else ""
    beside = "" if csv is None else f", with {csv.name} beside it{anew}: keep them together"
    gone = " and ".join(left_out(lesson.file, file))
    without = f" Left out, as the numbers are others now: {gone}." if gone else ""
    context.say(f"Saved as {path.name}{of}{beside}.{without}")


def _with_suffix(path: Path) -> Path:
    return path if path.suffix == ".toml" else path.with_name(f"{path.name}{SUFFIX}")
