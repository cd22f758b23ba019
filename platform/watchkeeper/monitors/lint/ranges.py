"""Which values a monitor's one metric can take, as it is aggregated."""

from watchkeeper.metrics.catalogue import MetricFacts
from watchkeeper.monitors.lint.asking import query_of
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import Metric
from watchkeeper.query.forms import MonitorQuery


def range_of(subject: Subject, metric: Metric, facts: MetricFacts) -> tuple[float | None, float | None]:
    """The lowest and the highest value of the query; None is no bound. A sum has no upper bound."""
    query = query_of(subject)
    rollup = metric.method("rollup")
    adds_up = (
        metric.aggregator in ("sum", "count")
        or (isinstance(query, MonitorQuery) and query.aggregator == "sum")
        or metric.is_count
        or (rollup is not None and rollup.words[:1] in (("sum",), ("count",)))
    )
    return facts.low, None if adds_up else facts.high


def reports_silence(subject: Subject) -> bool:
    """Whether the monitor is there to tell that its metric stops; its threshold means nothing then."""
    options = subject.options
    return options.get("on_missing_data") == "show_and_notify_no_data" or options.get("notify_no_data") is True


def shown_range(low: float | None, high: float | None) -> str:
    """A range in words."""
    if low is not None and high is not None:
        return f"between {low:g} and {high:g}"
    return f"at {low:g} or above" if low is not None else f"at {high:g} or below"
