"""The process that runs Jinja: sandboxed, strict, bounded, and ended when one request computes for too long.

Speaks JSON lines: {"partials": {...}, "references": [kinds], "timeout_s": 5} first, then one request a line
{"kind": "text" | "expression", "source", "scope": [ids], "new": {id: values}}; answers {"value"} or {"error", "line"}.
"""

import json
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final

from jinja2 import DictLoader, StrictUndefined, TemplateError, nodes
from jinja2.environment import TemplateExpression
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

from watchkeeper.project.plain_text import plain_text
from watchkeeper.project.references import reference_text

MAX_OUTPUT: Final = 1024 * 1024
MAX_TURNS: Final = 100_000
MAX_MEMORY: Final = 1024 * 1024 * 1024
MAX_NUMBER: Final = 10**18


class LimitError(SecurityError):
    """The template takes more than it may."""


class _CountTurns(NodeTransformer):
    """Wraps what every `for` walks over, so that turns are counted across nested loops, macros and includes."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - the visitor's naming
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "count_turns", [], [], None, None, lineno=node.lineno)
        return node


class BoundedEnvironment(SandboxedEnvironment):
    """Jinja with the delimiters `<< >>`, `<% %>`, `<# #>`; `{{ }}` always belongs to Datadog."""

    intercepted_binops = frozenset(["*", "**", "+", "%"])

    def __init__(self, partials: Mapping[str, str], references: Sequence[str] = ()) -> None:
        super().__init__(
            variable_start_string="<<",
            variable_end_string=">>",
            block_start_string="<%",
            block_end_string="%>",
            comment_start_string="<#",
            comment_end_string="#>",
            undefined=StrictUndefined,
            loader=DictLoader(dict(partials)),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,
            finalize=plain_text,
        )
        self.turns = 0
        self.filters["count_turns"] = self._count_turns
        self.globals.update({kind: partial(reference_text, kind) for kind in references})

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return _CountTurns().visit(super()._parse(source, name, filename))  # type: ignore[no-any-return]

    def _count_turns(self, items: Any) -> Iterator[Any]:  # noqa: ANN401
        for item in items:
            self.turns += 1
            if self.turns > MAX_TURNS:
                raise LimitError(f"more than {MAX_TURNS:,} loop turns")
            yield item

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401
        """`service.items` is the key `items` where there is one, never a method of the mapping."""
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        """Refuse what would build a huge text or number in one step."""
        if operator == "**" or (operator == "*" and (isinstance(left, int) and isinstance(right, int))):
            bounded = isinstance(left, int | float) and isinstance(right, int | float)
            if not bounded or abs(left) > MAX_NUMBER or abs(right) > (64 if operator == "**" else MAX_NUMBER):
                raise LimitError("the numbers are too large")
        for sized, times in ((left, right), (right, left)):
            if operator == "*" and hasattr(sized, "__len__") and len(sized) * int(times) > MAX_OUTPUT:
                raise LimitError("more than 1 MiB of text")
        if operator == "%" and isinstance(left, str):
            raise LimitError("`%` formatting is not supported; join the texts with `~`")
        return super().call_binop(context, operator, left, right)

    def render_text(self, source: str, values: Mapping[str, Any]) -> str:
        """The text of a template, at most 1 MiB."""
        template = self.from_string(source)
        parts: list[str] = []
        size = 0
        for part in template.generate(values):
            size += len(part)
            if size > MAX_OUTPUT:
                raise LimitError("more than 1 MiB of text")
            parts.append(part)
        return "".join(parts)

    def evaluate(self, source: str, values: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """The value of one expression, with its type."""
        expression: TemplateExpression = self.compile_expression(source, undefined_to_none=False)
        value = expression(**values)
        if isinstance(value, StrictUndefined):
            str(value)  # raises the error that names what is missing
        return value


def answer(environment: BoundedEnvironment, request: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """One request carried out; errors become part of the answer."""
    environment.turns = 0
    run: Callable[[str, Mapping[str, Any]], Any]
    run = environment.render_text if request["kind"] == "text" else environment.evaluate
    try:
        value = run(request["source"], values)
        if len(json.dumps(value)) > MAX_OUTPUT * 2:
            raise LimitError("more than 1 MiB of text")
    except TemplateError as err:
        return {"error": err.message or str(err), "line": getattr(err, "lineno", None) or _line_of(err)}
    except RecursionError:
        return {"error": "includes or macros call themselves without end", "line": None}
    except MemoryError:
        return {"error": "the template takes too much memory", "line": None}
    except Exception as err:  # noqa: BLE001 - a template may call anything; the parent reports it at its place
        return {"error": f"{err}" or type(err).__name__, "line": _line_of(err)}
    return {"value": value}


def _line_of(err: BaseException) -> int | None:
    line, trace = None, err.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # not every platform has or allows it
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def _limit_computing(timeout_s: float) -> None:
    """End this process after so many seconds of computing, whatever it is in the middle of; 0: never.

    The time that others take from a busy machine does not count, which is why the parent's clock does not decide.
    """
    signal.setitimer(signal.ITIMER_PROF, timeout_s)


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    _limit_memory()
    given = json.loads(sys.stdin.readline())
    environment = BoundedEnvironment(given["partials"], given["references"])
    scopes: dict[str, Mapping[str, Any]] = {}
    for line in sys.stdin:
        request = json.loads(line)
        scopes.update(request["new"])
        values: dict[str, Any] = {}
        for scope in request["scope"]:
            values.update(scopes[str(scope)])
        _limit_computing(given["timeout_s"])
        answered = json.dumps(answer(environment, request, values))
        _limit_computing(0)
        print(answered, flush=True)  # noqa: T201 - the pipe to the parent


if __name__ == "__main__":
    main()
