"""The language of the printed equations: from a line of text to a tree of what it says.

Nothing of the program is used here. A reader knows that × binds more tightly than +, that Σ adds up the
product behind it, and that an index stands below a letter, and what belongs to it above.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

LOW = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
HIGH = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ⁿᵉʷᵈ", "0123456789()newd")
FUNCTIONS = ("tanh", "sign", "round", "max", "cos", "erf", "ln", "√", "Φ")
WORDS = ("so far", "before", "new", "data", "raw", "all")
LETTERS = (
    r"\(H⁻¹∇E\)|‖∂E/∂w‖|\(r·m\)|\(t − [a-z]\)|term \d+|Δw|Δλ|m̂|v̂|i†|i‡|o†|o‡|c‡|β₁|β₂|on|"
    r"[Eazxtwbpmvgλαμρεhcofiruδn]"
)
SUBSCRIPT = r"[₀-₉]+(?:,[₀-₉]+)*|\[[^\]]*\]"


class UnreadableError(AssertionError):
    """A line that cannot be read, or read in one way only."""


@dataclass(frozen=True)
class Symbol:
    """A letter with its indices. `groups` stand in parentheses above it, `example` is d1 or any d."""

    letter: str
    sub: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    example: str = ""
    words: tuple[str, ...] = ()
    by: Symbol | None = None


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Rest:
    """⋯: what a long sum leaves out."""


@dataclass(frozen=True)
class Plus:
    """Terms with their signs."""

    terms: tuple[tuple[int, Tree], ...]


@dataclass(frozen=True)
class Times:
    """Factors, each multiplied or divided by."""

    factors: tuple[tuple[str, Tree], ...]


@dataclass(frozen=True)
class Total:
    """Σ over whatever index its body has and nobody has fixed."""

    body: Tree


@dataclass(frozen=True)
class Raised:
    base: Tree
    exponent: Tree


@dataclass(frozen=True)
class Applied:
    function: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True)
class Whether:
    """Iverson's bracket."""

    left: Tree
    relation: str
    right: Tree


Tree = Symbol | Number | Rest | Plus | Times | Total | Raised | Applied | Whether


@dataclass
class Reader:
    """Reads lines in which examples have these names beside d1, d2, …"""

    examples: Sequence[str] = ()
    _text: str = field(default="", init=False)
    _at: int = field(default=0, init=False)
    _trees: dict[str, Tree] = field(default_factory=dict, init=False)  # read before

    def __post_init__(self) -> None:
        named = "|".join(re.escape(name) for name in sorted(self.examples, key=len, reverse=True))
        example = rf"{named}|d\d*(?!ata)" if named else r"d\d*(?!ata)"
        words = "|".join(WORDS[1:])
        self._over = re.compile(
            rf"(?P<groups>(?:\([^()]*\))*)(?:step (?P<step>\d+)|(?P<way>[↓←])|(?P<example>{example}))?"
            rf"(?P<words>(?:{words})*)(?P<later>{example})?"
        )

    def equation(self, line: str) -> tuple[Tree, Tree]:
        """Both sides of a symbolic line."""
        left, sign, right = line.partition(" = ")
        if not sign:
            raise UnreadableError(f"no sign of equality in {line}")
        return self.tree(left), self.tree(right)

    def tree(self, text: str) -> Tree:
        if text not in self._trees:
            self._text, self._at = text, 0
            found = self._sum()
            if self._at < len(text):
                raise UnreadableError(f"found “{text[self._at :]}” behind the end of {text}")
            self._trees[text] = found
        return self._trees[text]

    # Sums, products, powers

    def _sum(self) -> Tree:
        sign = -1 if self._takes("−") else 1
        terms = [(sign, self._product())]
        while (operator := self._any(" + ", " − ")) is not None:
            terms.append((1 if operator == " + " else -1, self._product()))
        return terms[0][1] if terms[0][0] > 0 and len(terms) == 1 else Plus(tuple(terms))

    def _product(self) -> Tree:
        if self._takes("⋯"):
            return Rest()
        if self._takes("Σ "):
            return Total(self._product())
        factors = [("×", self._power())]
        while (operator := self._any(" × ", " / ")) is not None:
            follows = Total(self._product()) if self._takes("Σ ") else self._power()
            factors.append((operator.strip(), follows))
        return factors[0][1] if len(factors) == 1 else Times(tuple(factors))

    def _power(self) -> Tree:
        base = self._atom()
        if self._takes("²"):
            return Raised(base, Number(2.0))
        if self._takes("^("):
            return Raised(base, self._until(")"))
        if self._takes("^"):
            return Raised(base, self._atom())
        return base

    def _until(self, closing: str) -> Tree:
        found = self._sum()
        self._needs(closing)
        return found

    def _atom(self) -> Tree:
        if self._takes("½"):
            return Number(0.5)
        if self._takes("π"):
            return Number(math.pi)
        if (number := self._match(r"\d+(?:\.\d+)?(?:e[+−]?\d+)?")) is not None:
            return Number(float(number[0].replace("−", "-")))
        if (function := self._any(*FUNCTIONS)) is not None:
            return self._applied(function)
        if self._ahead(r"e\^"):
            self._at += 1
            return Number(math.e)
        if self._ahead(rf"{LETTERS}") or self._ahead("∂"):
            return self.symbol()
        if self._takes("["):
            return self._whether()
        self._needs("(")
        return self._until(")")

    def _applied(self, function: str) -> Tree:
        if self._takes(" "):
            return Applied(function, (self.symbol(),))
        self._needs("(")
        arguments = [self._sum()]
        while self._takes(", "):
            arguments.append(self._sum())
        self._needs(")")
        return Applied(function, tuple(arguments))

    def _whether(self) -> Tree:
        left = self._sum()
        relation = self._any(" > ", " ≥ ", " ≤ ", " = ")
        if relation is None:
            raise UnreadableError(f"no relation in {self._text}")
        right = self._sum()
        self._needs("]")
        return Whether(left, relation.strip(), right)

    # Symbols

    def symbol(self) -> Symbol:
        if self._takes("∂"):
            top = self._plain()
            self._needs("/∂")
            below = self._plain()
            words = tuple(word for word in below.words if word == "so far")
            if words:
                below = Symbol(below.letter, below.sub, below.groups, below.example, below.words[:-1])
            return Symbol(top.letter, top.sub, top.groups, top.example, top.words + words, below)
        return self._plain()

    def _plain(self) -> Symbol:
        letter = self._match(LETTERS)
        if letter is None:
            raise UnreadableError(f"found “{self._text[self._at :]}”, wanted a symbol in {self._text}")
        sub = self._match(SUBSCRIPT)
        indices = tuple(part.strip() for part in sub[0].translate(LOW).strip("[]").split(",")) if sub else ()
        groups, example, words = self._above(letter[0])
        if self._takes(" so far"):
            words += ("so far",)
        return Symbol(letter[0], indices, groups, example, words)

    def _above(self, letter: str) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
        """What stands above a letter, raised or behind ^, if it is no power."""
        start = self._at
        raised = self._match(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ⁿᵉʷᵈ]+")
        if raised is not None:
            over = raised[0].translate(HIGH)
            square = over.endswith("2") and not self._over.fullmatch(over)
            if over == "2" or square:  # a square, behind what stands above
                over, self._at = over[:-1], self._at - 1
            elif self._takes("^"):  # a mark that cannot be raised
                mark = self._over.match(self._text, self._at)
                over, self._at = over + mark[0], mark.end()
            found = self._over.fullmatch(over)
        elif letter not in ("β₁", "β₂", "ρ") and self._takes("^"):
            found = self._over.match(self._text, self._at)
            self._at = found.end() if found else start
            mark = self._match("[ⁿᵉʷᵈ][⁰¹²³⁴⁵⁶⁷⁸⁹ⁿᵉʷᵈ]*")
            if found and mark:
                over = found[0] + mark[0].translate(HIGH)
                if over.endswith("2") and not self._over.fullmatch(over):  # a square
                    over, self._at = over[:-1], self._at - 1
                found = self._over.fullmatch(over)
        else:
            return (), "", ()
        if found is not None and found.end() == found.start() and raised is None:  # a power
            self._at = start
            return (), "", ()
        if found is None:
            raise UnreadableError(f"found “{self._text[start:]}” above {letter}")
        groups = tuple(re.findall(r"\(([^()]*)\)", found["groups"]))
        words = tuple(re.findall("|".join(WORDS[1:]), found["words"]))
        words += (f"step {found['step']}",) if found["step"] else ()
        words += (found["way"],) if found["way"] else ()
        return groups, found["example"] or found["later"] or "", words

    # Characters

    def _takes(self, text: str) -> bool:
        if self._text.startswith(text, self._at):
            self._at += len(text)
            return True
        return False

    def _any(self, *texts: str) -> str | None:
        return next((text for text in texts if self._takes(text)), None)

    def _needs(self, text: str) -> None:
        if not self._takes(text):
            raise UnreadableError(f"found “{self._text[self._at :]}”, wanted “{text}” in {self._text}")

    def _ahead(self, pattern: str) -> bool:
        return re.compile(pattern).match(self._text, self._at) is not None

    def _match(self, pattern: str) -> re.Match[str] | None:
        found = re.compile(pattern).match(self._text, self._at)
        if found is not None:
            self._at = found.end()
        return found
