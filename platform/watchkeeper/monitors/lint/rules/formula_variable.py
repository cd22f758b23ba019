"""formula-variable: a formula with a query that is not declared."""

from collections.abc import Iterator, Mapping, Sequence

from watchkeeper.errors import did_you_mean
from watchkeeper.monitors.lint.asking import QUERY, query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.forms import FormulaQuery
from watchkeeper.query.visit import variables_of


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    variables = subject.options.get("variables")
    if isinstance(variables, str | bytes) or not isinstance(variables, Sequence):
        variables = ()
    names = [each.get("name") for each in variables if isinstance(each, Mapping)]
    known = [name for name in names if isinstance(name, str)]
    query = query_of(subject)
    for name in variables_of(query) if query is not None else ():
        if name not in known:
            fix = did_you_mean(name, known) or "declare it in `options.variables`"
            yield Flaw(f"no query is named `{name}`", QUERY, offset=max(subject.text.find(name), 0), fix=fix)
    for index, name in enumerate(known):
        if name in known[:index]:
            yield Flaw(f"two queries are named `{name}`", ("options", "variables", index, "name"))


RULE = Rule(
    id="formula-variable",
    severity="error",
    title="A formula with a query that is not declared",
    why=("Each name in a formula is a query in `options.variables`; Datadog refuses an unknown one."),
    fix="declare it in `options.variables`, or correct its name",
    source="OpenAPI of datadog-api-client 2.62.0, MonitorFormulaAndFunctionQueryDefinition",
    applies=lambda subject: isinstance(subject.query, FormulaQuery),
    check=_check,
    bad=(
        '{type: log alert, query: \'formula("errors / all + error").last("5m") > 0.1\', options: {variables: '
        '[{data_source: logs, name: errors, search: {query: "status:error"}, compute: {aggregation: count}}, '
        '{data_source: logs, name: all, search: {query: ""}, compute: {aggregation: count}}]}}'
    ),
    good=(
        '{type: log alert, query: \'formula("errors / all + errors").last("5m") > 0.1\', options: '
        '{variables: [{data_source: logs, name: errors, search: {query: "status:error"}, compute: '
        '{aggregation: count}}, {data_source: logs, name: all, search: {query: ""}, compute: {aggregation: '
        "count}}]}}"
    ),
)
