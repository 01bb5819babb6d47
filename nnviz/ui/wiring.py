"""Who hears whom in the window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt

from nnviz.engine.changeable import why_not
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.ui.context import Context
from nnviz.ui.leaving import leave
from nnviz.ui.own_network import new_network, restart_otherwise, save_as, show_learning
from nnviz.ui.player import Player
from nnviz.ui.style import theme
from nnviz.ui.toolbar import Toolbar
from nnviz.ui.transport import Transport
from nnviz.ui.typing_guard import TypingGuard
from nnviz.ui.typing_on import go_on
from nnviz.ui.views.base import View
from nnviz.ui.views.canvas import NetworkView
from nnviz.ui.views.strip import EquationStrip


def connect_view(view: View, context: Context, edit_selected: Callable[[], None]) -> None:
    """What every view can tell."""
    player = context.player
    view.picked.connect(player.select)
    view.pointed.connect(player.point_at)
    view.fixed.connect(context.say)
    view.edited.connect(partial(_edit, context))
    view.edited_many.connect(player.edit_many)
    view.typed_on.connect(partial(go_on, player, edit_selected))
    view.sought.connect(player.seek)
    view.focused.connect(player.set_example)


def _edit(context: Context, ref: Ref, value: float) -> None:
    if problem := why_not(ref, value):
        context.say(problem)
    elif context.player.moment.can_edit(ref):
        context.player.edit(ref, value)


def connect_typing(view: View, guard: TypingGuard) -> None:
    """Where somebody wants to type a number and cannot."""
    view.fixed.connect(guard.expect)
    view.missed.connect(guard.expect)


def connect_canvas(canvas: NetworkView, context: Context) -> None:
    """The menu of the layer under the pointer."""
    canvas.board.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    canvas.board.customContextMenuRequested.connect(partial(_open_menu, context, canvas))


def _open_menu(context: Context, canvas: NetworkView, at: QPoint) -> None:
    from nnviz.ui.layer_menu import open_menu

    open_menu(context, canvas, at)


def connect_strip(strip: EquationStrip, player: Player) -> None:
    """To where a number is computed, and back to the step."""
    strip.went_to.connect(player.seek_ref)
    strip.dismissed.connect(lambda: player.select(None))


def connect_transport(transport: Transport, player: Player) -> None:
    """The buttons that move."""
    transport.step.connect(player.step)
    transport.back.connect(player.back)
    transport.layer_on.connect(lambda: player.over(Depth.LAYER))
    transport.to_start.connect(player.to_start)
    transport.to_end.connect(player.to_end)
    transport.depth_chosen.connect(player.set_depth)
    transport.play_toggled.connect(player.toggle_play)
    transport.speed_chosen.connect(player.set_speed)
    transport.run_toggled.connect(player.toggle_run)
    transport.sought.connect(player.seek)
    player.playing_changed.connect(transport.show_playing)


def connect_toolbar(toolbar: Toolbar, context: Context) -> None:
    """The buttons that change something."""
    player = context.player
    toolbar.new_requested.connect(partial(leave, context, partial(new_network, context)))
    toolbar.save_requested.connect(partial(save_as, context))
    toolbar.change_requested.connect(partial(show_learning, context))
    toolbar.other_weights_requested.connect(partial(restart_otherwise, context))
    toolbar.example_chosen.connect(player.set_example)
    toolbar.digits_requested.connect(lambda by: player.set_digits(player.digits + by))
    toolbar.undo_requested.connect(player.undo)
    toolbar.redo_requested.connect(player.redo)
    toolbar.restart_requested.connect(player.restart)
    toolbar.theme_toggled.connect(theme().toggle)
