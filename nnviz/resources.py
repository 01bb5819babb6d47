"""Where the files that are shipped with nnviz lie: fonts, icons, desktop entries, lessons.

A wheel carries them inside the package (``nnviz/resources``); a source tree keeps them beside it
(``resources``).
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "resources", _PACKAGE.parent / "resources")


def resource(*parts: str) -> Path:
    """Path of a shipped file or folder, such as ``resource("icons", "play.svg")``.

    Raises FileNotFoundError, naming every place looked at, when it is not there.
    """
    for place in _PLACES:
        path = place.joinpath(*parts)
        if path.exists():
            return path
    wanted = "/".join(("resources", *parts))
    looked = ", ".join(str(place) for place in _PLACES)
    raise FileNotFoundError(f"nnviz is not installed completely: {wanted} is missing (looked in {looked})")
