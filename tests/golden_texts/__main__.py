"""python -m tests.golden_texts [write]: how lessons differ from what they said; write takes it as right."""

import sys

from tests.golden_texts.store import LESSONS


def main(arguments: list[str]) -> int:
    """Print what differs, or store what is said now."""
    if arguments not in ([], ["write"]):
        print(__doc__, file=sys.stderr)
        return 2
    if arguments:
        LESSONS.write()
        return 0
    changes = LESSONS.differences()
    print("\n".join(changes) if changes else "the lessons say what they said")
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
