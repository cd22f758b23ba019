"""formula-variable: a formula with a query that is not declared."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Any

from watchkeeper.errors import did_you_mean
from watchkeeper.monitors.lint.asking import (
    MESSAGE, QUERY, THRESHOLDS, anomalies_of, calls_of, comparison_of, demanded, expression_in, groups_of, has_call,
    has_message, has_metrics, has_number, has_option, has_type, has_windowed_kind, is_anomaly, is_check, is_monitor,
    is_read, is_slo, metrics_of, option_number, plain_metric, query_of,
)
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import REMOVE, Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject, as_number, read_query, value_at
from watchkeeper.monitors.message import MessageSyntaxError, check_message, mentions, pieces, render_transition
from watchkeeper.monitors.options import NAMES
from watchkeeper.monitors.state import Transition, crosses
from watchkeeper.query.ast import (
    Binary, Call, Expression, Filter, InFilter, AllOf, AnyOf, Keyword, Keys, Metric, Modified, Negative, NotFilter,
    Number, TagFilter, Text, Variable, VariableFilter, Word, group_keys, parts_of, plain_number,
)
from watchkeeper.query.forms import (
    ChangeQuery, CheckQuery, CompositeQuery, FormulaQuery, MonitorQuery, Query, SearchQuery, SloQuery, Window, window_of,
)
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.visit import (
    expression_of, functions_of, group_by_of, members_of, metrics_in, nodes_of, signs_of, tags_of,
    template_variables_of, variables_of, windows_of,
)

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
    why=(
        "Each name in a formula is a query in `options.variables`; Datadog refuses an unknown one."
    ),
    fix="declare it in `options.variables`, or correct its name",
    source="OpenAPI of datadog-api-client 2.62.0, MonitorFormulaAndFunctionQueryDefinition",
    applies=lambda subject: isinstance(subject.query, FormulaQuery),
    check=_check,
    bad="{type: log alert, query: 'formula(\"error / all\").last(\"5m\") > 0.1', options: {variables: [{data_source: logs, name: errors, search: {query: \"status:error\"}, compute: {aggregation: count}}, {data_source: logs, name: all, search: {query: \"\"}, compute: {aggregation: count}}]}}",
    good="{type: log alert, query: 'formula(\"errors / all\").last(\"5m\") > 0.1', options: {variables: [{data_source: logs, name: errors, search: {query: \"status:error\"}, compute: {aggregation: count}}, {data_source: logs, name: all, search: {query: \"\"}, compute: {aggregation: count}}]}}",
)
