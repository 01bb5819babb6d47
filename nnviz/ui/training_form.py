"""The choices of a training: optimizer, step size, batches, regularization."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from PySide6.QtWidgets import QWidget

from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.lessons.offers import (
    OPTIMIZER,
    OPTIMIZER_SETTINGS,
    ORDER,
    SCHEDULE,
    SENTENCES,
    Offer,
    refused,
)
from nnviz.ui.choice_form import Chooser, Form
from nnviz.ui.number_boxes import CountBox, NumberBox

MOST_STEPS = 256
MOST_ITERATIONS, MOST_PATIENCE = 1_000_000, 100_000
MOST_SEED, MOST_SHARE = 999_999, 0.999_999
NOTHING_FIXED: Mapping[str, str] = MappingProxyType({})


class TrainingForm(Form):
    """Shows a table `training`; `fields` are its fields as they are chosen now.

    Where `follows` is set, another optimizer brings the α that is usual for it, unless one was typed.
    """

    def __init__(
        self, is_compact: bool = False, follows: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(is_compact, parent)
        self._follows = follows
        self._shown: Any = None
        self.optimizer, self.schedule, self.order = (
            Chooser("Optimizer"),
            Chooser("Schedule"),
            Chooser("Order"),
        )
        self.rate = NumberBox("Learning rate α", 1e-9)
        self.batch = CountBox("Examples per step", 0, 50_000, "all")
        self.l2, self.l1 = NumberBox("L2", 0.0, special="off"), NumberBox("L1", 0.0, special="off")
        self.clip = NumberBox("Longest gradient", 0.0, special="off")
        self.seed = CountBox("Seed of the training", 0, MOST_SEED)
        self._method = ""
        self.optimizer.chosen.connect(self._on_optimizer)  # before anybody hears of the change
        self._optimizer_row = self.add("Optimizer", self.optimizer)
        self.add("Learning rate", self.rate, SENTENCES["learning_rate"])
        offered = OPTIMIZER_SETTINGS.values()
        self.settings = {one.key: NumberBox(one.title, 0.0, MOST_SHARE) for one in offered}
        self._settings_rows = {
            one.key: self.add(one.title, self.settings[one.key], one.sentence) for one in offered
        }
        self._schedule_row = self.add("α over time", self.schedule)
        self._batch_row = self.add("Batch", self.batch, SENTENCES["batch"])
        self._order_row = self.add("Order", self.order)
        self.add("L2", self.l2, SENTENCES["l2"])
        self.add("L1", self.l1, SENTENCES["l1"])
        self.add("Clip", self.clip, SENTENCES["clip"])
        self.add("Seed", self.seed, SENTENCES["training_seed"])
        self.changed.connect(self._explain)

    def show_training(
        self, training: Any, optimizers: tuple[Offer, ...] = (), fixed: Mapping[str, str] = NOTHING_FIXED
    ) -> None:
        """Show a table `training`, with the optimizers that are possible, and why some fields are not."""
        self._shown = training
        self._method = _method(training)
        self.optimizer.offer(_with_rates(optimizers or refused(OPTIMIZER, {})), self._method)
        self._show_settings(settings_of(training.optimizer))
        self.schedule.offer(SCHEDULE.values(), training.schedule.method if training.schedule else "constant")
        self.order.offer(ORDER.values(), training.order)
        self.rate.show_value(training.learning_rate)
        self.batch.show_value(0 if training.batch == "all" else training.batch)
        self.l2.show_value(training.l2)
        self.l1.show_value(training.l1)
        self.clip.show_value(training.clip or 0.0)
        self.seed.show_value(training.seed)
        self._batch_row.set_reason(fixed.get("batch", ""))
        self._order_row.set_reason(fixed.get("order", ""))
        self._explain()

    @property
    def fields(self) -> dict[str, Any]:
        """The fields as they are chosen; settings that are not shown here stay with their method."""
        shown, schedule = self._shown, self.schedule.key
        old = shown.schedule.method if shown.schedule else "constant"
        return {
            "optimizer": self._chosen_optimizer(),
            "learning_rate": self.rate.value(),
            "schedule": shown.schedule if schedule == old else _schedule(schedule),
            "batch": self.batch.value() or "all",
            "order": self.order.key,
            "l2": self.l2.value(),
            "l1": self.l1.value(),
            "clip": self.clip.value() or None,
            "seed": self.seed.value(),
        }

    @property
    def changes(self) -> dict[str, Any]:
        """The fields that were changed."""
        return {name: value for name, value in self.fields.items() if value != getattr(self._shown, name)}

    def _on_optimizer(self, method: str) -> None:
        if self._follows and self.rate.value() == OPTIMIZERS[self._method].usual_rate:
            self.rate.show_value(OPTIMIZERS[method].usual_rate)
        self._method = method
        self._show_settings(settings_of(method))

    def _show_settings(self, settings: dict[str, float]) -> None:
        """The numbers of an optimizer, as far as they are chosen here."""
        for name, row in self._settings_rows.items():
            row.set_shown(name in settings)
            if name in settings:
                self.settings[name].show_value(settings[name])

    def _chosen_optimizer(self) -> Any:
        """The optimizer with what differs from its usual settings, as a lesson file has it."""
        shown, method = self._shown.optimizer, self.optimizer.key
        usual = settings_of(method)
        chosen = {name: box.value() for name, box in self.settings.items() if name in usual}
        old = settings_of(shown) if method == _method(self._shown) else usual
        if method == _method(self._shown) and chosen.items() <= old.items():
            return shown
        given = {name: value for name, value in {**old, **chosen}.items() if value != usual[name]}
        return {"method": method, **given} if given else method

    def _explain(self) -> None:
        """A full batch has no order, and a rule that stays needs no words."""
        self._optimizer_row.set_sentence(self.optimizer.sentence)
        self._schedule_row.set_sentence(self.schedule.sentence)
        self._order_row.set_sentence(self.order.sentence)
        self._order_row.set_shown(self.batch.value() != 0)


class StopForm(Form):
    """When a run is over; `changes` are the fields that were changed."""

    def __init__(self, is_compact: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(is_compact, parent)
        self._shown: Any = None
        self.iterations = CountBox("Iterations", 1, MOST_ITERATIONS)
        self.below = NumberBox("E below", 0.0, special="off")
        self.patience = CountBox("Patience", 0, MOST_PATIENCE, "off")
        self._iterations_row = self.add("Iterations", self.iterations)
        self.add("Until E below", self.below, SENTENCES["loss_below"])
        self._patience_row = self.add("Patience", self.patience, SENTENCES["patience"])

    def show_stop(self, stop: Any, per_epoch: int, has_validation: bool) -> None:
        """Show a table `stop`; without a validation set there is nothing to be patient with."""
        self._shown = stop
        epoch = f" An epoch has {per_epoch:,}." if per_epoch > 1 else ""
        self._iterations_row.set_sentence(SENTENCES["iterations"] + epoch)
        self.iterations.show_value(stop.iterations)
        self.below.show_value(stop.loss_below or 0.0)
        self.patience.show_value(stop.patience or 0)
        self._patience_row.set_shown(has_validation)

    @property
    def changes(self) -> dict[str, Any]:
        fields = {
            "iterations": self.iterations.value(),
            "loss_below": self.below.value() or None,
            "patience": self.patience.value() or None,
        }
        same = all(value == getattr(self._shown, name) for name, value in fields.items())
        return {} if same else {"stop": {name: one for name, one in fields.items() if one is not None}}


class PiecesForm(Form):
    """How long the pieces of a text are, of a network that reads sequences."""

    def __init__(self, is_compact: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(is_compact, parent)
        self._shown: int | None = None
        self.steps = CountBox("Steps of a piece", 1, MOST_STEPS)
        self._row = self.add("Steps", self.steps, SENTENCES["pieces"])

    def show_steps(self, pieces: int | None, steps: int) -> None:
        """Show the length of the pieces, or of sequences that are not cut, which is theirs."""
        self._shown = pieces
        self.steps.show_value(steps if pieces is None else pieces)
        self._row.set_reason("" if pieces is not None else SENTENCES["whole"])

    @property
    def change(self) -> int | None:
        """Another length; None where it is the same."""
        same = self._shown is None or self.steps.value() == self._shown
        return None if same else self.steps.value()


def settings_of(optimizer: Any) -> dict[str, float]:
    """All settings of an optimizer, which is a word or a table in a lesson file."""
    from nnviz.lessons.training import optimizer_of

    return asdict(optimizer_of(optimizer))


def _schedule(name: str) -> dict[str, Any] | None:
    """A schedule with its usual settings, as a lesson file has it; none for an α that stays."""
    usual = SCHEDULES[name].usual
    return {"method": name, **usual} if usual else None


def _method(training: Any) -> str:
    found = training.optimizer
    return found if isinstance(found, str) else str(found.method)


def _with_rates(offered: tuple[Offer, ...]) -> list[Offer]:
    return [
        Offer(one.key, one.title, f"{one.sentence} Usual α: {OPTIMIZERS[one.key].usual_rate:g}.", one.problem)
        for one in offered
    ]
