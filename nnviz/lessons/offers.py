"""What can be chosen for a network, each with a sentence about it: data, layers, output, loss, learning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.numbers import counted
from nnviz.engine.ops import ACTIVATIONS, LOSSES
from nnviz.engine.optimizers import OPTIMIZERS, SETTINGS, Adam, Optimizer
from nnviz.engine.recurrent_layers import CELLS
from nnviz.engine.schedules import SCHEDULES
from nnviz.lessons.lesson import SequenceInfo

Task = Literal["numbers", "two", "many"]


@dataclass(frozen=True)
class Offer:
    """A choice: its name in a lesson file, its title, what it means, and why it is not possible here."""

    key: str
    title: str
    sentence: str
    problem: str = ""

    def but(self, problem: str) -> Offer:
        """The same choice, which is not possible for a reason."""
        return replace(self, problem=problem)


@dataclass(frozen=True)
class Ending:
    """How a network ends: the activation of its output layer, the code of the targets, possible losses."""

    offer: Offer
    tasks: tuple[Task, ...]
    activation: str
    encoding: Literal["one_hot", "single", "signs"] | None
    losses: tuple[str, ...]


def offers(*listed: tuple[str, str, str]) -> dict[str, Offer]:
    """Offers by their keys, in their order."""
    return {key: Offer(key, title, sentence) for key, title, sentence in listed}


class Named(Protocol):
    """What a registry knows of a thing that can be chosen."""

    @property
    def title(self) -> str: ...
    @property
    def sentence(self) -> str: ...


def of_registry(registry: Mapping[str, Named]) -> dict[str, Offer]:
    """Offers of all that a registry knows, in its order."""
    return {key: Offer(key, one.title, one.sentence) for key, one in registry.items()}


def refused(every: Mapping[str, Offer], problems: Mapping[str, str]) -> tuple[Offer, ...]:
    """All offers, those of them with a reason against them that are not possible."""
    return tuple(one.but(problems.get(key, "")) for key, one in every.items())


# The network

ACTIVATION = of_registry(ACTIVATIONS)
HIDDEN = refused(ACTIVATION, {key: one.not_hidden for key, one in ACTIVATIONS.items()})

CELL = of_registry(CELLS)

ENDINGS = {
    one.offer.key: one
    for one in (
        Ending(
            Offer(
                "logistic",
                "One logistic unit",
                "One number between 0 and 1: how sure it is of the second class.",
            ),
            ("two",),
            "logistic",
            "single",
            ("binary_cross_entropy", "squared_error"),
        ),
        Ending(
            Offer("softmax", "Softmax: a unit for each class", "A share for every class; they add up to 1."),
            ("two", "many"),
            "softmax",
            "one_hot",
            ("cross_entropy",),
        ),
        Ending(
            Offer(
                "each",
                "Logistic: a unit for each class",
                "A number between 0 and 1 for every class by itself.",
            ),
            ("many",),
            "logistic",
            "one_hot",
            ("squared_error", "binary_cross_entropy"),
        ),
        Ending(
            Offer("signs", "One linear unit: −1 or +1", "Its sign is the class, as in a perceptron."),
            ("two",),
            "identity",
            "signs",
            ("perceptron", "squared_error"),
        ),
        Ending(
            Offer("linear", "One linear unit", "Any number, as a prediction of a quantity needs it."),
            ("numbers",),
            "identity",
            None,
            ("squared_error",),
        ),
    )
}
LOSS = of_registry(LOSSES)
LISTED = Offer("", "as listed", "The lesson lists every weight that it starts with.")
INITIAL = of_registry(INITIALIZERS)

# Learning

WORKS_NEARLY_ALWAYS: type[Optimizer] = Adam
OPTIMIZER = {
    one.name: Offer(one.name, one.title, one.sentence) for one in [WORKS_NEARLY_ALWAYS, *OPTIMIZERS.values()]
}
OPTIMIZER_SETTINGS = {
    name: Offer(name, one.title, one.sentence) for name, one in SETTINGS.items() if one.sentence
}
SCHEDULE = of_registry(SCHEDULES)
ORDER = offers(
    ("batches", "shuffle batches", "Batches stay the same, and come in another order in every epoch."),
    ("shuffled", "shuffle examples", "Every epoch makes new batches from all examples."),
    ("listed", "as listed", "The same order in every epoch: easy to follow by hand."),
)


def fixed_by(sequence: SequenceInfo | None) -> dict[str, str]:
    """Why fields of the training cannot be chosen, where a text is cut into pieces that belong together."""
    if sequence is None or not sequence.streams:
        return {}
    pieces = counted(sequence.streams, "piece")
    found = {"batch": f"{pieces[0].upper()}{pieces[1:]} at once, one of each reader of the text."}
    if sequence.carries:
        found["order"] = "A piece goes on from the one before, so they come in the order of the text."
    return found


SENTENCES = {
    "examples": "How many points are drawn.",
    "text": "It is read symbol by symbol; line breaks count as spaces.",
    "distance": "How many symbols come after the first: the farther back it lies, the harder.",
    "lines": "How many lines are drawn; every second begins with an a.",
    "lines_seed": "Another number draws other lines; the same number, the same lines.",
    "noise": "How far points stray from their place: 0 is exact, more is harder.",
    "classes": "How many kinds of points there are.",
    "data_seed": "Another number draws other points; the same number, the same points.",
    "split_seed": "Another number keeps other examples; the same number, the same ones.",
    "test": "Examples that are kept for the end, when everything is decided.",
    "clip": "A gradient that is longer is shortened to this length, against explosions. 0 is off.",
    "whole": "Every sequence is read whole; only one long text is cut into pieces.",
    "pieces": "So many steps are unrolled at once: errors flow back no further (truncated).",
    "validation": "Examples that are only watched: is it learning, or learning by heart?",
    "features": "What the network reads.",
    "target": "What it has to predict.",
    "units": "More neurons can bend the border more often.",
    "units_of_cells": "More neurons can remember more.",
    "keep": "The chance that a neuron is used in a step (dropout); 1 is none.",
    "keep_inputs": "The chance that an input is used in a step (dropout); 1 is none.",
    "seed": "Another number makes other first weights; the same number, the same run.",
    "learning_rate": "α, the size of a step: too small is slow, too large jumps about or explodes.",
    "batch": "Examples per step: 1 is online, all is the whole data set.",
    "l2": "Pulls all weights toward 0, against learning by heart. 0 is off.",
    "l1": "Pulls small weights all the way to 0. 0 is off.",
    "training_seed": "For the shuffling and for dropout.",
    "epochs": "Run stops after so many times through all examples.",
    "initial": "Other first weights begin the run anew.",
    "iterations": "Run (G) stops after so many steps of learning.",
    "loss_below": "Run (G) stops as soon as E over all examples is below it.",
    "patience": "Run stops when so many epochs brought no better validation error, and shows the best.",
}
"""What the numbers mean that are typed."""
