"""What a live account is asked for a monitor, and the monitor that asks for the answers instead."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from watchkeeper.monitors.alerting import any_query
from watchkeeper.monitors.slo.objective import Counted, Monitored, Sliced, objective_for
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.algorithms import learns_from_s
from watchkeeper.query.ast import Call, Method, Metric
from watchkeeper.query.expression_lines import shift_of
from watchkeeper.query.forms import ChangeQuery, CompositeQuery, MonitorQuery, SloQuery
from watchkeeper.query.parser import parse_metric_query
from watchkeeper.query.parts import metrics_of, parts_of
from watchkeeper.query.printer import render_expression
from watchkeeper.query.visit import metrics_in, nodes_of

MINUTE_S = 60
_ROLLUPS = ("avg", "sum", "min", "max")


@dataclass(frozen=True, slots=True)
class Asked:
    """A metric as a query asks for it. name: of the series that the answers become. query: what Datadog is asked."""

    name: str
    query: str
    is_counted: bool


Found = Sequence[tuple[Metric, Asked]]
"""The metrics of one text, and what is asked for each."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a monitor asks for. before_s: how far back of the evaluated instant it looks.

    metrics: of its own query. objective: by each text of its objective.
    """

    subject: Subject
    metrics: Found = ()
    before_s: int = 0
    objective: Mapping[str, Found] = field(default_factory=dict)

    @property
    def asked(self) -> list[Asked]:
        """Everything that is read for it."""
        return [each for metrics in (self.metrics, *self.objective.values()) for _, each in metrics]

    @property
    def rewritten(self) -> Subject:
        """The monitor that asks for the series that were read."""
        subject = self.subject
        if self.metrics:
            query = _rewritten(str(subject.definition["query"]), self.metrics)
            subject = replace(subject, definition={**subject.definition, "query": query})
        if self.objective:
            slos = {name: _with_texts(body, self._text) for name, body in subject.slos.items()}
            subject = replace(subject, slos=slos)
        return subject

    def _text(self, text: str) -> str:
        return _rewritten(text, self.objective.get(text, ()))


def need_of(subject: Subject) -> Need | None:
    """What is asked for a monitor; None where Datadog's query API does not answer what it looks at."""
    query = any_query(subject.definition)
    if isinstance(query, CompositeQuery):
        return Need(subject)
    if isinstance(query, MonitorQuery | ChangeQuery):
        asked = [(metric, asked_as(metric)) for metric in metrics_in(query)]
        return Need(subject, asked, looks_back_s(subject.definition))
    return _need_of_alert(subject, query) if isinstance(query, SloQuery) else None


def _need_of_alert(subject: Subject, query: SloQuery) -> Need:
    """An alert looks back over all of its time-frame; the monitors of an objective are read for themselves."""
    objective = objective_for(query, subject.slos)
    if isinstance(objective, Monitored):
        return Need(subject)
    expressions = [objective.expression] if isinstance(objective, Sliced) else [objective.good, objective.total]
    calls = [part for each in expressions for part in parts_of(each) if isinstance(part, Call)]
    counts = isinstance(objective, Counted)
    texts = {
        text: [(metric, asked_as(metric, counts=counts)) for metric in metrics_of(parse_metric_query(text))]
        for text in _texts(subject.slos[query.slo.plain])
    }
    return Need(subject, (), query.over.seconds + _shifted_s(calls), texts)


def looks_back_s(definition: Mapping[str, Any]) -> int:
    """How many seconds before an evaluation the data begins that it needs.

    Its window or what an algorithm learns from, its delay, and what is compared with.
    """
    query = any_query(definition)
    assert isinstance(query, MonitorQuery | ChangeQuery)
    back_s = _shifted_s([node for node in nodes_of(query) if isinstance(node, Call)])
    if isinstance(query, ChangeQuery):
        back_s += query.shift.seconds
    window_s = query.window.seconds
    if isinstance(query, MonitorQuery):
        window_s = max(window_s, learns_from_s(query))
    return window_s + back_s + int((definition.get("options") or {}).get("evaluation_delay") or 0)


def _shifted_s(calls: Sequence[Call]) -> int:
    shifts = [shift_of(each, 0) for each in calls]
    return sum(-shift for shift in shifts if shift is not None and shift < 0)


def asked_as(metric: Metric, *, counts: bool = False) -> Asked:
    """What Datadog is asked for a metric of a query: its scope, groups and space aggregation, a point a minute.

    counts: whether it is a count though its query does not say so.
    """
    counts = counts or metric.method("as_count") is not None or metric.method("as_rate") is not None
    rollup = metric.method("rollup")
    how = rollup.words[0] if rollup is not None and rollup.words and rollup.words[0] in _ROLLUPS else ""
    methods = (Method("as_count"),) if counts else ()
    plain = replace(metric, methods=methods)
    query = f"{render_expression(plain)}.rollup({how or ('sum' if counts else 'avg')}, {MINUTE_S})"
    digest = hashlib.sha256(query.encode()).hexdigest()[:8]
    return Asked(f"{metric.name}.q{digest}", query, counts)


def _rewritten(text: str, found: Found) -> str:
    """A query in which each metric is the series that is read for it."""
    for metric, asked in sorted(found, key=lambda each: each[0].at, reverse=True):
        # The answer is aggregated over space already; one series a group is left.
        aggregator = "max" if metric.aggregator == "count" else metric.aggregator
        by = f" by {{{','.join(metric.by)}}}" if metric.by else ""
        methods = "".join(f".{each.name}({', '.join(each.words)})" for each in metric.methods)
        text = f"{text[: metric.at]}{aggregator}:{asked.name}{{*}}{by}{methods}{text[metric.end :]}"
    return text


def _texts(objective: Mapping[str, Any]) -> list[str]:
    """The queries in an objective's JSON."""
    found: list[str] = []

    def kept(text: str) -> str:
        found.append(text)
        return text

    _with_texts(objective, kept)
    return found


def _with_texts(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 - JSON
    """An objective's JSON with each of its queries changed: the two counts, or the named queries of its formulas."""
    if isinstance(value, Mapping):
        is_named = isinstance(value.get("query"), str) and "name" in value
        return {
            key: change(item)
            if isinstance(item, str) and (key in ("numerator", "denominator") or (key == "query" and is_named))
            else _with_texts(item, change)
            for key, item in value.items()
        }
    return [_with_texts(item, change) for item in value] if isinstance(value, list | tuple) else value
