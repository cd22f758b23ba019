"""How a function of the query language is described: its arguments, its meaning, its traps."""

from dataclasses import dataclass
from typing import Literal

ArgumentKind = Literal["number", "text", "keys", "query"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument after the query. choices: the only values there are, in lower case; empty where any will do."""

    name: str
    kind: ArgumentKind
    choices: tuple[str, ...] = ()
    is_optional: bool = False
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the query language.

    group: the heading it has in Datadog's list. gives: its meaning, sentences. parameters: by position; keywords: by
    name, all of them optional. takes_queries: whether further queries may follow the first. caution: where it misleads.
    names: all that share this row, such as ewma_3, ewma_5...
    """

    name: str
    group: str
    gives: str
    parameters: tuple[Parameter, ...] = ()
    keywords: tuple[Parameter, ...] = ()
    takes_queries: bool = False
    caution: str = ""
    names: tuple[str, ...] = ()

    @property
    def fewest(self) -> int:
        """How many arguments must follow the query."""
        return sum(not parameter.is_optional for parameter in self.parameters)

    @property
    def signature(self) -> str:
        """`top(query, limit, 'method', 'order')`, what may be left out in square brackets."""
        shown = self.name if len(self.names) < 2 else f"{self.name}, ..."  # noqa: PLR2004 - a family
        parts = []
        for parameter in self.parameters:
            text = f"'{parameter.name}'" if parameter.kind == "text" else parameter.name
            text = f"{{{text}}}" if parameter.kind == "keys" else text
            parts.append(f"[, {text}]" if parameter.is_optional else f", {text}")
        parts += [f"[, {parameter.name}=...]" for parameter in self.keywords]
        more = "[, query, ...]" if self.takes_queries else ""
        return f"{shown.split(',')[0]}(query{more}{''.join(parts)})"
