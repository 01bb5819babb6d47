"""Who hears whom in the main window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from nnviz.engine.outline import Depth
from nnviz.ui import layer_menu, own_network, sketching
from nnviz.ui.leaving import leave
from nnviz.ui.style import theme
from nnviz.ui.typing_on import go_on

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow
    from nnviz.ui.typing_guard import TypingGuard


def connect_views(window: MainWindow) -> None:
    """What a view emits goes to the player, and what the player tells to the views."""
    player = window.player
    player.lesson_changed.connect(window.on_lesson_changed)
    player.plan_changed.connect(partial(own_network.show_plan, window))
    player.moment_changed.connect(window.on_moment_changed)
    player.selection_changed.connect(window.on_selection_changed)
    player.pointed_changed.connect(window.on_pointed_changed)
    for view in window.views:
        view.picked.connect(player.select)
        view.pointed.connect(player.point_at)
        view.fixed.connect(window.say)
        if view is not window.image:
            view.edited.connect(window.on_edited)
            view.edited_many.connect(player.edit_many)
        view.typed_on.connect(partial(go_on, window))
        view.sought.connect(player.seek)
        view.focused.connect(player.set_example)
    window.image.edited.connect(lambda ref, value: player.edit_image(((ref, value),)))
    window.image.edited_many.connect(player.edit_image)
    window.image.drawn.connect(player.edit_image)
    window.image.beside.sketched.connect(partial(sketching.sketch, window))
    window.image.beside.used.connect(partial(sketching.use, window))
    player.running_changed.connect(window.image.beside.set_training)
    window.image.live_toggled.connect(player.set_live)
    window.filters.varied.connect(partial(own_network.vary_layer, window))
    window.filters.filter_chosen.connect(partial(own_network.choose_filter, window))
    window.canvas.board.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    window.canvas.board.customContextMenuRequested.connect(partial(layer_menu.open_menu, window))
    window.learning.applied.connect(partial(own_network.apply_waiting, window))
    window.learning.waiting.connect(partial(window.tabs.mark, window.learning))
    window.image.target_chosen.connect(player.edit_many)
    window.strip.went_to.connect(player.seek_ref)
    window.strip.dismissed.connect(lambda: player.select(None))
    window.outline.fold_requested.connect(window.fold_outline)
    window.unfold.clicked.connect(window.fold_outline)
    window.unfold_tables.clicked.connect(window.fold_tables)


def connect_typing(window: MainWindow, guard: TypingGuard) -> None:
    """Where somebody wants to type a number and cannot."""
    for view in (window.canvas, window.strip, *window.tables):
        view.fixed.connect(guard.expect)
        view.missed.connect(guard.expect)


def connect_controls(window: MainWindow) -> None:
    """Buttons and menus."""
    player, transport, toolbar = window.player, window.transport, window.toolbar
    transport.step.connect(player.step)
    transport.back.connect(player.back)
    transport.layer_on.connect(lambda: player.over(Depth.LAYER))
    transport.to_start.connect(player.to_start)
    transport.to_end.connect(player.to_end)
    transport.depth_chosen.connect(player.set_depth)
    transport.play_toggled.connect(player.toggle_play)
    transport.speed_chosen.connect(player.set_speed)
    transport.run_toggled.connect(partial(sketching.toggle_run, window))
    transport.sought.connect(player.seek)
    player.playing_changed.connect(transport.show_playing)
    player.running_changed.connect(window.on_running_changed)
    player.ended.connect(window.say)
    player.undo_stack.indexChanged.connect(window.on_undo_changed)
    toolbar.lesson_chosen.connect(window.try_to_open)
    toolbar.open_requested.connect(window.choose_file)
    toolbar.new_requested.connect(partial(leave, window, partial(own_network.new_network, window)))
    toolbar.save_requested.connect(partial(own_network.save_as, window))
    toolbar.change_requested.connect(partial(own_network.show_learning, window))
    toolbar.other_weights_requested.connect(partial(own_network.restart_otherwise, window))
    toolbar.networks_requested.connect(window.show_networks)
    toolbar.example_chosen.connect(player.set_example)
    toolbar.digits_requested.connect(lambda by: player.set_digits(player.digits + by))
    toolbar.undo_requested.connect(player.undo)
    toolbar.redo_requested.connect(player.redo)
    toolbar.restart_requested.connect(player.restart)
    toolbar.theme_toggled.connect(theme().toggle)
    toolbar.help_requested.connect(window.show_help)
