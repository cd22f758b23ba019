"""composite-members: a composite of too many monitors, or of composites."""

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

_MOST: Final = 10


def _check(subjects: Sequence[Subject], _context: Context) -> Iterator[tuple[Subject, Flaw]]:
    composites = {subject.body.get("id") for subject in subjects} - {None}
    for subject in subjects:
        if not isinstance(subject.query, CompositeQuery):
            continue
        members = dict.fromkeys(members_of(subject.query.condition))
        if len(members) > _MOST:
            yield subject, Flaw(f"{len(members)} monitors are combined, at most {_MOST} are allowed", QUERY)
        for member in members:
            if member in composites:
                yield subject, Flaw(f"monitor {member} is a composite itself", QUERY, offset=subject.text.find(str(member)))


RULE = Rule(
    id="composite-members",
    severity="error",
    title="A composite of too many monitors, or of composites",
    why="Datadog refuses more than ten monitors, and a composite inside of a composite.",
    fix="combine at most ten plain monitors",
    source='Datadog documentation, "Composite monitor"',
    applies=has_type("composite"),
    check_all=_check,
    bad="{type: composite, query: 1 && 2 && 3 && 4 && 5 && 6 && 7 && 8 && 9 && 10 && 11}",
    good="{type: composite, query: 1 && 2 && 3 && 4 && 5 && 6 && 7 && 8 && 9 && 10 && 10}",
)
