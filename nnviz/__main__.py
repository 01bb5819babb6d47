"""The command line: ``nnviz`` opens the window, the other commands do without one.

Nothing heavy is imported before it is needed: a window that opens on the default lesson is painted before
the reader of lesson files is even there.
"""

from __future__ import annotations

import sys
from argparse import Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from nnviz import __version__, menu, screen
from nnviz.options import add_outside
from nnviz.printable import printable
from nnviz.startup import without_collection
from nnviz.terminal import Parser, complain, guarded, say

if TYPE_CHECKING:
    from nnviz.lessons.lesson import Lesson

COMMANDS = ("list", "walk", "render", "check", "architectures")
INTERRUPTED = 130
EPILOG = """commands:
  nnviz [LESSON]            open the window, on the power plant network if no lesson is named
  nnviz list                show all lessons
  nnviz walk LESSON         print the walk-through (--example, --depth, --iterations, --digits, --format)
  nnviz render LESSON -o F  draw the window or one view into a .png or .svg file, without a screen
  nnviz check LESSON|--all  compare with the published figures; exit status 1 where one differs
  nnviz architectures       derive the sizes of LeNet 1989, LeNet 1998 and AlexNet 2012 from their layers

LESSON is the name of a lesson, or the path of a lesson file (see docs/lesson-format.md).
`nnviz COMMAND --help` says more about one command. Bad input ends with exit status 2."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return guarded(partial(_run, argv))
    except KeyboardInterrupt:
        complain("stopped by Ctrl+C")
        return INTERRUPTED


def _run(argv: list[str]) -> int:
    if argv and argv[0] in COMMANDS:
        from nnviz import commands

        return commands.run(argv)
    return _window(_parser().parse_args(argv))


def _parser() -> Parser:
    parser = Parser(
        prog="nnviz",
        description="Step a class through backpropagation, number by number.",
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("lesson", nargs="?", metavar="LESSON")
    add_outside(parser)
    parser.add_argument("--dark", action="store_true", help="start with the dark theme")
    menu_entry = parser.add_mutually_exclusive_group()
    menu_entry.add_argument("--install-menu", action="store_true", help="add nnviz to the start menu")
    menu_entry.add_argument("--remove-menu", action="store_true", help="remove it from there")
    parser.add_argument("--version", action="version", version=f"nnviz {__version__}")
    return parser


def _window(options: Namespace) -> int:
    if options.install_menu or options.remove_menu:
        return _menu(options.install_menu)
    lesson = _default_lesson
    if options.lesson is not None:  # a bad lesson is told before a window opens
        from nnviz.lessons.catalogue import load
        from nnviz.lessons.errors import LessonError

        try:
            loaded = load(options.lesson, options.allow_outside)
        except LessonError as error:
            return complain(error.one_line)
        lesson = _given(loaded)
    if trouble := screen.problem():
        return complain(trouble)
    with without_collection():
        from nnviz.ui.application import run

    return run(lesson, dark=options.dark)


def _given(lesson: Lesson) -> Callable[[], Lesson]:
    return lambda: lesson


def _default_lesson() -> Lesson:
    from nnviz.lessons.catalogue import DEFAULT, load

    return load(DEFAULT)


def _menu(install: bool) -> int:
    try:
        paths = menu.install_menu() if install else menu.remove_menu()
    except menu.MenuError as error:
        return complain(str(error))
    told = [f"{'wrote' if install else 'removed'} {printable(str(path))}" for path in paths]
    for line in told or ["nothing to remove: nnviz is not in the menu"]:
        say(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
