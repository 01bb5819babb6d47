"""The commands that need no window: list, walk, render and check."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from nnviz.engine.outline import Depth
from nnviz.lessons import catalogue
from nnviz.lessons.architectures import architectures_text
from nnviz.lessons.check import Outcome, check
from nnviz.lessons.ending import why_no_further
from nnviz.lessons.errors import LessonError
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.places import PlaceError, cursor_at
from nnviz.lessons.running import run_to
from nnviz.lessons.walkthrough import Form, walkthrough
from nnviz.options import add_outside
from nnviz.printable import printable
from nnviz.progress_line import ProgressLine
from nnviz.terminal import Parser, complain, say

DIFFERENT = 1
DEPTH_HELP = "how much one step covers; a cell is a neuron in a map, a step is one of time"
DEPTHS = {
    name: depth
    for depth in Depth
    for name in (depth.name.lower(), *{Depth.NEURON: ("cell",), Depth.MAP: ("step",)}.get(depth, ()))
}
VIEWS = ("window", "network", "equation", "matrices", "loss")


@np.errstate(all="ignore")  # what overflows is told in what is printed
def run(arguments: Sequence[str]) -> int:
    """Run the command that the first argument names, and return its exit status."""
    add, command = COMMANDS[arguments[0]]
    try:
        return command(add(arguments[0]).parse_args(arguments[1:]))
    except LessonError as error:
        return complain(error.one_line)
    except PlaceError as error:
        return complain(str(error))
    except OSError as error:
        return complain(f"{error.filename or 'a file'}: cannot be read: {error.strerror or error}")


# list


def _list_parser(name: str) -> Parser:
    return Parser(prog=f"nnviz {name}", description="Show all lessons that come with nnviz.")


def _list(_: Namespace) -> int:
    entries = catalogue.entries()
    width = max(len(entry.name) for entry in entries)
    for place, entry in enumerate(entries):
        if entry.topic and (place == 0 or entries[place - 1].topic != entry.topic):
            say(f"{'' if place == 0 else chr(10)}{entry.topic}")
        say(f"  {entry.name:<{width}}  {entry.title}")
    return 0


# architectures


def _architectures_parser(name: str) -> Parser:
    return Parser(
        prog=f"nnviz {name}",
        description="Derive the sizes of three well-known networks from their layers.",
    )


def _architectures(_: Namespace) -> int:
    say(architectures_text())
    return 0


# walk


def _walk_parser(name: str) -> Parser:
    parser = Parser(prog=f"nnviz {name}", description="Print the walk-through of a lesson.")
    parser.add_argument("lesson", metavar="LESSON")
    add_outside(parser)
    parser.add_argument("--example", type=_at_least(1), help="example in focus, counted from 1")
    parser.add_argument("--depth", choices=[*DEPTHS][:-1], help=DEPTH_HELP)
    parser.add_argument("--iterations", type=_between(1, 1000), default=1, help="how many, 1 to 1000 (1)")
    parser.add_argument("--digits", type=_digits, help="digits after the decimal point, 2 to 10")
    parser.add_argument("--format", choices=("text", "markdown"), default="text")
    return parser


def _walk(options: Namespace) -> int:
    lesson = catalogue.load(options.lesson, options.allow_outside)
    with ProgressLine() as told:
        example = cursor_at(lesson, None, None, options.example, told).example
    form = Form(
        depth=DEPTHS[options.depth] if options.depth else lesson.depth,
        iterations=options.iterations,
        digits=options.digits or lesson.digits,
        markdown=options.format == "markdown",
    )
    for text in walkthrough(lesson, form, example):
        say(text)
    return 0


# render


def _render_parser(name: str) -> Parser:
    parser = Parser(prog=f"nnviz {name}", description="Draw a lesson into a file. Needs no screen.")
    parser.add_argument("lesson", metavar="LESSON")
    add_outside(parser)
    parser.add_argument("--at", metavar="PLACE", help="an address such as delta[6], a pass, start or end")
    parser.add_argument("--iteration", type=_at_least(1), help="counted from 1")
    parser.add_argument("--example", type=_at_least(1), help="example in focus, counted from 1")
    parser.add_argument("--depth", choices=DEPTHS, help=DEPTH_HELP)
    parser.add_argument("--digits", type=_digits, help="2 to 10")
    parser.add_argument("--view", choices=VIEWS, default="window")
    parser.add_argument("--size", type=_size, default=(1440, 900), help="width x height (1440x900)")
    parser.add_argument("--scale", type=_between(1, 8), default=1, help="pixels for each point, of a .png")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("-o", "--output", type=_picture, required=True, help="a .png or .svg file")
    return parser


def _render(options: Namespace) -> int:
    lesson = catalogue.load(options.lesson, options.allow_outside)
    with ProgressLine() as told:
        cursor = cursor_at(lesson, options.at, options.iteration, options.example, told)
        run_to(lesson.timeline, lesson.start.iteration, told)
    if options.view == "loss" and lesson.timeline.graph.loss is None:
        return complain(f"{lesson.name}: this lesson has no loss to draw; wanted another view")
    if not os.path.isdir(options.output.parent):
        return complain(f"{options.output}: there is no folder {options.output.parent}")
    if sys.platform.startswith("linux"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from nnviz.ui.render import Picture, render

    picture = Picture(
        view=options.view,
        size=options.size,
        scale=options.scale,
        dark=options.dark,
        depth=DEPTHS[options.depth] if options.depth else lesson.depth,
        digits=options.digits or lesson.digits,
    )
    try:
        render(lesson, cursor, picture, options.output)
    except OSError as error:
        return complain(f"{options.output}: cannot be written: {error.strerror or error}")
    say(f"wrote {printable(str(options.output))}")
    return 0


# check


def _check_parser(name: str) -> Parser:
    parser = Parser(prog=f"nnviz {name}", description="Compare lessons with the published figures.")
    parser.add_argument("lessons", nargs="*", metavar="LESSON")
    add_outside(parser)
    parser.add_argument("--all", action="store_true", help="every lesson that comes with nnviz")
    return parser


def _check(options: Namespace) -> int:
    wanted = [*options.lessons, *(catalogue.names() if options.all else ())]
    if not wanted:
        return complain("found no lesson to check, wanted a name, a file or --all")
    return max([_check_one(name, options.allow_outside) for name in wanted])


def _check_one(name: str, may_leave: bool) -> int:
    """The exit status of one lesson: a mistake in one does not keep the others from being checked."""
    try:
        lesson = catalogue.load(name, may_leave)
    except LessonError as error:
        return complain(error.one_line)
    with ProgressLine() as told:
        outcomes = check(lesson, told)
    missed = [outcome for outcome in outcomes if not outcome.holds]
    say(f"{printable(lesson.name)}: {len(outcomes) - len(missed)} of {len(outcomes)} figures agree")
    for concern in lesson.concerns:
        say(f"  {concern}")
    for outcome in missed:
        say(f"  {_difference(lesson, outcome)}")
    if missed and lesson.timeline.diverged_at is not None:
        say(f"  {why_no_further(lesson.timeline)}")
    return DIFFERENT if missed else 0


def _difference(lesson: Lesson, outcome: Outcome) -> str:
    wanted = outcome.expectation
    where = "at the stop" if wanted.iteration < 0 else f"iteration {wanted.iteration + 1}"
    if wanted.example is not None:
        where += f", {lesson.textbook.example(wanted.example)}"
    found = "nothing" if outcome.found is None else f"{outcome.found:.10g}"
    return f"{wanted.address} ({where}): found {found}, wanted {wanted.value:.10g} ± {wanted.tolerance:g}"


# Values of options


def _whole(text: str) -> int:
    """A whole number, −1 for what is none or has far too many digits."""
    return int(text) if text.isdecimal() and len(text) <= 9 else -1


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if _whole(text) < least:
            raise ArgumentTypeError(f"found “{text}”, wanted a whole number from {least}")
        return _whole(text)

    return number


def _between(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not least <= _whole(text) <= most:
            raise ArgumentTypeError(f"found “{text}”, wanted a whole number from {least} to {most}")
        return _whole(text)

    return number


def _digits(text: str) -> int:
    if not 2 <= _whole(text) <= 10:
        raise ArgumentTypeError(f"found “{text}”, wanted 2 to 10 digits")
    return _whole(text)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (320 <= _whole(width) <= 8000 and 240 <= _whole(height) <= 8000):
        raise ArgumentTypeError(f"found “{text}”, wanted a size such as 1440x900")
    return _whole(width), _whole(height)


def _picture(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in (".png", ".svg"):
        raise ArgumentTypeError(f"found “{text}”, wanted a file that ends in .png or .svg")
    return path


COMMANDS: dict[str, tuple[Callable[[str], Parser], Callable[[Namespace], int]]] = {
    "architectures": (_architectures_parser, _architectures),
    "list": (_list_parser, _list),
    "walk": (_walk_parser, _walk),
    "render": (_render_parser, _render),
    "check": (_check_parser, _check),
}
