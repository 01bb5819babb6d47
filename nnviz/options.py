"""What the window and the commands are asked with alike."""

from __future__ import annotations

from argparse import ArgumentParser


def add_outside(parser: ArgumentParser) -> None:
    """The option that lets a lesson read a file that does not lie beside it."""
    parser.add_argument(
        "--allow-outside", action="store_true", help="let a lesson read a file outside of its own folder"
    )
