"""Writes docs/reference/functions/: a page for each function of the query language, and the list of them all.

Run it after a change in `query/function_table.py` or in what the evaluator computes; a test compares the pages.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

from scripts.generated import keep  # noqa: E402 - found by the line above
from watchkeeper.query.evaluated import (  # noqa: E402
    EVALUATED_FUNCTIONS,
    NEEDING_A_POINT_BEFORE,
    REFUSED_IN_MONITORS,
)
from watchkeeper.query.function_model import Function, Parameter  # noqa: E402
from watchkeeper.query.function_table import ROWS  # noqa: E402
from watchkeeper.query.smoothing import FITTED  # noqa: E402

FOLDER = ROOT / "docs" / "reference" / "functions"
_APPROXIMATED = "Algorithms"
_EACH_POINT = "It changes each point for itself, after the series of a group were aggregated."
_LOOKS_BACK = "It sees the points of the window only: where it needs the point before, the first one has no value."
_ALL_GROUPS = "It looks at all groups of one evaluation together."
_HOW = {
    "Arithmetic": _EACH_POINT,
    "Interpolation": _EACH_POINT,
    "Exclusion": _EACH_POINT,
    "Count": "It joins all groups into one.",
    "Rate": _LOOKS_BACK,
    "Timeshift": "The query is computed for the earlier time, and its points are moved to the present.",
    "Smoothing": _LOOKS_BACK,
    "Rollup": "It aggregates the points of each group again, in buckets of its own.",
    "Rank": _ALL_GROUPS,
    "Regression": "The line is fitted to the points of the window.",
    "Reduction": "Every point of the window gets the one number.",
    "Space aggregation": "It joins the groups that agree in the keys that remain; of several queries, point by point.",
}
_FITTED = {
    "autosmooth": "a moving average over as many points, a tenth of the line at most, as make it smoothest without "
    "flattening what stands out.",
    "piecewise_constant": "the means between jumps; a jump is where two means leave so much less behind than one that "
    "chance would not.",
}
_GIVEN_AS_SERIES = {
    "failed_runs": 'It counts the samples of the series `failed_runs("JOBS QUERY")`, grouped by the keys of `.by()`: '
    "Datadog watches the jobs itself, and no metric holds their runs.",
}
_NOT_LIKE_ITS_GROUP = {
    "diff": f"Of a metric, each series is changed before those of a group are aggregated. {_LOOKS_BACK}",
    "cumsum": _LOOKS_BACK,
    "integral": _LOOKS_BACK,
    "throughput": _EACH_POINT,
}


def pages() -> dict[str, str]:
    """The text of each page by its file name."""
    found = {f"{function.name}.md": page_of(function) for function in ROWS}
    return {"README.md": _list(), **found}


def page_of(function: Function) -> str:
    """What one function means, takes, and whether the evaluator computes it."""
    lines = [f"# {function.name}", "", function.gives, ""]
    if function.names:
        lines += [f"All of its kind: {', '.join(f'`{name}`' for name in function.names)}.", ""]
    lines += ["```", function.signature, "```", ""]
    parameters = (*function.parameters, *function.keywords)
    if parameters:
        lines += ["| argument | takes | meaning |", "|---|---|---|"]
        lines += [_row(each, is_named=each in function.keywords) for each in parameters]
        lines.append("")
    lines += ["## What the evaluator does with it", "", *_evaluation(function), ""]
    if function.caution:
        lines += ["## Mind", "", function.caution, ""]
    return "\n".join(lines).rstrip() + "\n"


def _row(parameter: Parameter, *, is_named: bool) -> str:
    takes = {"number": "a number", "text": "a text", "keys": "keys in braces", "query": "a query"}[parameter.kind]
    if parameter.choices:
        takes = ", ".join(f"`{choice}`" for choice in parameter.choices)
    name = f"`{parameter.name}=`" if is_named else f"`{parameter.name}`"
    optional = " (may be left out)" if parameter.is_optional or is_named else ""
    return f"| {name}{optional} | {takes} | {parameter.meaning} |"


def _evaluation(function: Function) -> list[str]:
    if function.name in _GIVEN_AS_SERIES:
        return [_GIVEN_AS_SERIES[function.name]]
    if function.group == _APPROXIMATED:
        return [
            "It is approximated: how stands in [how we differ from Datadog](../how-we-differ.md).",
            "Every output that shows a value of it says so, for Datadog does not publish the algorithm.",
            "It stands alone at the top of a monitor's query; inside of another expression it is refused.",
        ]
    lines = ["It is computed, with the meaning above."]
    if function.name in FITTED:
        lines = [
            f"It is approximated: {_FITTED[function.name]}",
            "Every output of a monitor says so, and the sandbox's query API in its `message`.",
            "Datadog does not publish how it is fitted.",
        ]
    lines.append(_NOT_LIKE_ITS_GROUP.get(function.name) or _HOW[function.group])
    if function.name in NEEDING_A_POINT_BEFORE:
        lines.append("Over arithmetic with `as_count` it is refused: there is one number, and none before it.")
    if function.name in REFUSED_IN_MONITORS:
        lines.append(f"In a monitor it is refused: {REFUSED_IN_MONITORS[function.name]}.")
        lines.append("The sandbox's query API computes it, for charts.")
    else:
        lines.append("Unit tests, backtests, the sandbox and previews compute it with the same code.")
    return lines


def _list() -> str:
    lines = [
        "# Functions of the query language",
        "",
        "Every function that a query may call, by the headings of Datadog's own list.",
        "`watchkeeper query parse` tells which of them a query uses.",
        "",
    ]
    for group in dict.fromkeys(function.group for function in ROWS):
        lines += [f"## {group}", "", "| function | gives | evaluated |", "|---|---|---|"]
        for function in ROWS:
            if function.group == group:
                lines.append(f"| [{function.name}]({function.name}.md) | {function.gives} | {_state(function)} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _state(function: Function) -> str:
    if function.name in _GIVEN_AS_SERIES:
        return "given as series"
    if function.name in REFUSED_IN_MONITORS:
        return "approximated, in graphs only"
    if function.group == _APPROXIMATED or function.name in FITTED:
        return "approximated"
    assert all(name in EVALUATED_FUNCTIONS for name in function.names or (function.name,))
    return "yes"


def main(arguments: list[str]) -> int:
    """Write all pages, or with `--check` exit 1 when one is stale."""
    return keep(FOLDER, pages(), arguments, "the pages of functions")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
