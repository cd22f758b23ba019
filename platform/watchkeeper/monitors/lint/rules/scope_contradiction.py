"""scope-contradiction: a filter that nothing passes."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, demanded, metrics_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for metric in metrics_of(subject):
        seen: dict[tuple[str, str], bool] = {}
        for tag, is_wanted in demanded(metric.scope):
            if seen.setdefault((tag.key, tag.value), is_wanted) != is_wanted:
                yield Flaw(f"`{tag.key}:{tag.value}` is demanded and excluded", QUERY, offset=tag.at)


RULE = Rule(
    id="scope-contradiction",
    severity="error",
    title="A filter that nothing passes",
    why=("The same tag is demanded and excluded; no series ever matches, the monitor never has data."),
    fix="remove one of the two",
    source=("follows from the meaning of the filter; the impossible check of cloudflare/pint has the same aim"),
    applies=lambda subject: bool(metrics_of(subject)),
    check=_check,
    bad='query: "avg(last_5m):avg:system.load.1{env:prod,!env:prod} > 4"',
    good='query: "avg(last_5m):avg:system.load.1{env:prod,!env:test} > 4"',
)
