"""formula-variable-unused: a query that no formula uses."""

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
    bad="{type: log alert, query: 'formula(\"errors / 100\").last(\"5m\") > 0.1', options: {variables: [{data_source: logs, name: errors, search: {query: \"status:error\"}, compute: {aggregation: count}}, {data_source: logs, name: all, search: {query: \"\"}, compute: {aggregation: count}}]}}",
    good="{type: log alert, query: 'formula(\"errors / all\").last(\"5m\") > 0.1', options: {variables: [{data_source: logs, name: errors, search: {query: \"status:error\"}, compute: {aggregation: count}}, {data_source: logs, name: all, search: {query: \"\"}, compute: {aggregation: count}}]}}",
)
