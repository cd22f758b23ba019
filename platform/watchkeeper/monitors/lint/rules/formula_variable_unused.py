"""formula-variable-unused: a query that no formula uses."""

from collections.abc import Iterator, Mapping, Sequence

from watchkeeper.monitors.lint.asking import query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.forms import FormulaQuery
from watchkeeper.query.visit import variables_of


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query, variables = query_of(subject), subject.options.get("variables")
    if query is None or isinstance(variables, str | bytes) or not isinstance(variables, Sequence):
        return
    used = variables_of(query)
    for index, each in enumerate(variables):
        name = each.get("name") if isinstance(each, Mapping) else None
        if isinstance(name, str) and name not in used:
            yield Flaw(f"the formula does not use `{name}`", ("options", "variables", index, "name"))


RULE = Rule(
    id="formula-variable-unused",
    severity="warning",
    title="A query that no formula uses",
    why="It is computed and thrown away; mostly the formula was meant to use it.",
    fix="use it in the formula, or remove it",
    source="OpenAPI of datadog-api-client 2.62.0, MonitorFormulaAndFunctionQueryDefinition",
    applies=lambda subject: isinstance(subject.query, FormulaQuery),
    check=_check,
    bad=(
        '{type: log alert, query: \'formula("errors / 100 + errors").last("5m") > 0.1\', options: '
        '{variables: [{data_source: logs, name: errors, search: {query: "status:error"}, compute: '
        '{aggregation: count}}, {data_source: logs, name: all, search: {query: ""}, compute: {aggregation: '
        "count}}]}}"
    ),
    good=(
        '{type: log alert, query: \'formula("errors / all + errors").last("5m") > 0.1\', options: '
        '{variables: [{data_source: logs, name: errors, search: {query: "status:error"}, compute: '
        '{aggregation: count}}, {data_source: logs, name: all, search: {query: ""}, compute: {aggregation: '
        "count}}]}}"
    ),
)
