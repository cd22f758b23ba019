"""Renders template leaves: plain references at once, everything else in a worker process that can be killed."""

import json
import re
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from watchkeeper.errors import did_you_mean
from watchkeeper.project.plain_text import plain_text

TIMEOUT_S: Final = 5.0
"""Of computing, which a busy machine does not shorten."""
PATIENCE: Final = 24
"""So many times as long is waited for an answer, on the clock, of a machine that gives the worker no time."""

_REFERENCE: Final = re.compile(r"<<\s*([A-Za-z_]\w*(?:\.\w+)*)\s*>>")
_OPENERS: Final = re.compile(r"<<|<%|<#")
_ONE_EXPRESSION: Final = re.compile(r"\s*<<(?P<inside>(?:(?!>>|<<|<%).)*)>>\s*", re.DOTALL)
_NAME: Final = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*")
_UNDEFINED: Final = re.compile(r"'([^']+)' is undefined")


class TemplateError(Exception):
    """A leaf cannot be rendered. `line`: inside the leaf, from 1. `fix`: what would help."""

    def __init__(self, what: str, *, line: int | None = None, fix: str = "", offset: int | None = None) -> None:
        self.what = what
        self.line = line
        self.fix = fix
        self.offset = offset
        super().__init__(what)


_ids = count(1)


@dataclass(frozen=True, slots=True)
class Scope:
    """The names a template may use: those of the parent, overlaid with `values`."""

    values: Mapping[str, Any]
    parent: "Scope | None" = None
    id: int = field(default_factory=lambda: next(_ids))

    def chain(self) -> Sequence["Scope"]:
        """From the outermost scope to this one."""
        return (*(self.parent.chain() if self.parent else ()), self)

    def names(self) -> list[str]:
        """Every name that can be used."""
        return sorted({name for scope in self.chain() for name in scope.values})

    def lookup(self, dotted: str) -> Any:  # noqa: ANN401
        """The value of a dotted name. Raises TemplateError that names the part that is missing."""
        first, *rest = dotted.split(".")
        for scope in reversed(self.chain()):
            if first in scope.values:
                value = scope.values[first]
                break
        else:
            raise TemplateError(f"`{first}` is not defined here", fix=_suggest(first, self.names()))
        seen = first
        for part in rest:
            if not isinstance(value, Mapping) or part not in value:
                known = list(value) if isinstance(value, Mapping) else []
                raise TemplateError(f"`{seen}` has no `{part}`", fix=_suggest(part, known))
            value, seen = value[part], f"{seen}.{part}"
        return value


def _suggest(name: str, known: Sequence[str]) -> str:
    nearest = did_you_mean(name, known)
    return nearest or (f"declared names: {', '.join(known)}" if known else "declare it in watchkeeper.yaml")


class TemplateEngine:
    """Renders leaves and expressions. Use it as a context manager: it ends its worker.

    partials: name to text of what templates may include, such as `partials/handover.md`. references: kinds of objects
    that they may refer to, such as `<< monitor('id') >>`. timeout_s: of computing, for one leaf.
    """

    def __init__(
        self,
        partials: Mapping[str, str] | None = None,
        *,
        references: Sequence[str] = (),
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._partials = dict(partials or {})
        self._references = tuple(references)
        self._timeout_s = timeout_s
        self._worker: _Worker | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker, if there is one."""
        if self._worker:
            self._worker.close()
            self._worker = None

    def render(self, source: str, scope: Scope) -> Any:  # noqa: ANN401
        """The value of a leaf: with its type when it is exactly one expression, else text. Raises TemplateError."""
        if not _OPENERS.search(source):
            return source
        whole = _ONE_EXPRESSION.fullmatch(source)
        if whole:
            return self.evaluate(whole["inside"].strip(), scope)
        if _is_plain(source):
            return "".join(self._pieces(source, scope))
        return self._ask("text", source, scope)

    def evaluate(self, source: str, scope: Scope) -> Any:  # noqa: ANN401
        """The value of an expression such as `env.name == 'prod'`. Raises TemplateError."""
        if _NAME.fullmatch(source) and source not in ("true", "false", "none", "True", "False", "None"):
            return scope.lookup(source)
        return self._ask("expression", source, scope)

    def _pieces(self, source: str, scope: Scope) -> Iterator[str]:
        end = 0
        for reference in _REFERENCE.finditer(source):
            yield source[end : reference.start()]
            try:
                yield str(plain_text(scope.lookup(reference[1])))
            except TemplateError as err:
                raise TemplateError(err.what, fix=err.fix, offset=reference.start()) from None
            except ValueError as err:
                raise TemplateError(f"`{reference[1]}`: {err}", offset=reference.start()) from None
            end = reference.end()
        yield source[end:]

    def _ask(self, kind: str, source: str, scope: Scope) -> Any:  # noqa: ANN401
        worker = self._worker = self._worker or _Worker(self._partials, self._references, self._timeout_s)
        try:
            answer = worker.ask(kind, source, scope.chain())
        except TemplateError:
            self.close()
            raise
        if "error" in answer:
            what = str(answer["error"])
            undefined = _UNDEFINED.search(what)
            fix = _suggest(undefined[1], scope.names()) if undefined else ""
            raise TemplateError(what, line=answer["line"], fix=fix)
        return answer["value"]


def _is_plain(source: str) -> bool:
    return len(_OPENERS.findall(source)) == len(_REFERENCE.findall(source))


class _Worker:
    """A child that runs Jinja, and what it has been told. timeout_s: of computing, for one request."""

    def __init__(self, partials: Mapping[str, str], references: Sequence[str], timeout_s: float) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "watchkeeper.project.jinja_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=None,
        )
        self._told: set[int] = set()
        self._timeout_s = timeout_s
        self._send({"partials": dict(partials), "references": list(references), "timeout_s": timeout_s})

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        self._process.stdin.flush()

    def ask(self, kind: str, source: str, scopes: Sequence[Scope]) -> Mapping[str, Any]:
        """The worker's answer. Raises TemplateError when it did not come in time, or the worker ended."""
        new = {str(scope.id): dict(scope.values) for scope in scopes if scope.id not in self._told}
        self._told.update(scope.id for scope in scopes)
        request = {"kind": kind, "source": source, "scope": [scope.id for scope in scopes], "new": new}
        try:
            self._send(request)
            line = self._read_line()
        except BrokenPipeError:
            line = b""
        if not line:
            raise self._ended()
        answer: Mapping[str, Any] = json.loads(line)
        return answer

    def _read_line(self) -> bytes:
        """One whole line; nothing when the child ended, which it may in the middle of a line. Raises TemplateError."""
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            wait_s = self._timeout_s * PATIENCE
            if not selector.select(wait_s):
                fix = "try again when the machine has less to do"
                raise TemplateError(f"the template had no answer within {wait_s:g} s", fix=fix)
        line = self._process.stdout.readline()
        return line if line.endswith(b"\n") else b""

    def _ended(self) -> TemplateError:
        code = self._process.wait()
        if code == -signal.SIGPROF:
            what = f"the template ran longer than {self._timeout_s:g} s and was stopped"
            return TemplateError(what, fix="remove the endless loop")
        what = f"the process that computes templates ended with code {code}"
        return TemplateError(what, fix="try again; if it ends again, make the template smaller")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with _ignore_broken_pipe():
                    pipe.close()


def _ignore_broken_pipe() -> Any:  # noqa: ANN401 - a context manager
    from contextlib import suppress  # noqa: PLC0415

    return suppress(BrokenPipeError)


def read_partials(root: Path, folder: str) -> dict[str, str]:
    """What templates below `root/folder` may include: the files of its `partials/`, never one outside the project."""
    base = root / folder
    found = {}
    for path in sorted((base / "partials").rglob("*")):
        if path.is_file() and path.resolve().is_relative_to(root.resolve()):
            found[path.relative_to(base).as_posix()] = path.read_text(encoding="utf-8")
    return found
