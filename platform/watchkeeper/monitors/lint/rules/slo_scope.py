"""slo-scope: an objective that counts more than its own environment."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import demanded, slo_metrics
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for path, metric in slo_metrics(subject):
        found = {tag.value for tag, is_wanted in demanded(metric.scope) if is_wanted and tag.key == "env"}
        if found != {subject.env}:
            seen = f"looks at env:{', '.join(sorted(found))}" if found else "looks at every environment"
            yield Flaw(f"`{metric.name}` {seen}, not at env:{subject.env}", path, offset=metric.at)


RULE = Rule(
    id="slo-scope",
    severity="warning",
    title="An objective that counts more than its own environment",
    why=(
        "Without its `env` in each scope it adds up all environments, or measures another one, and "
        "everybody believes the figure."
    ),
    fix="write `env:<< env.name >>` into each scope",
    source="docs/reference/slos.md (each environment has objectives of its own)",
    applies=lambda subject: subject.kind == "slo" and bool(subject.env),
    check=_check,
    bad=(
        '[{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{env:dev}.as_count()", '
        'denominator: "sum:b{env:dev}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: '
        "99.9}], id: 0123456789abcdef0123456789abcdef, env: prod}, {type: slo alert, query: "
        '\'burn_rate("0123456789abcdef0123456789abcdef").over("30d").long_window("1h").short_window("5m") '
        "> 14.4'}]"
    ),
    good=(
        "[{kind: slo, name: Availability, type: metric, query: {numerator: "
        '"sum:a{env:prod}.as_count()", denominator: "sum:b{env:prod}.as_count()"}, tags: [], '
        "thresholds: [{timeframe: 30d, target: 99.9}], id: 0123456789abcdef0123456789abcdef, env: "
        "prod}, {type: slo alert, query: "
        '\'burn_rate("0123456789abcdef0123456789abcdef").over("30d").long_window("1h").short_window("5m") '
        "> 14.4'}]"
    ),
)
