"""metric-alert-renamed: the older name of a type."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import has_type
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if subject.type == "metric alert":
        yield Flaw("`metric alert` is now called `query alert`", ("type",), edit=Edit(("type",), "query alert"))


RULE = Rule(
    id="metric-alert-renamed",
    severity="warning",
    title="The older name of a type",
    why=(
        "Datadog answers with `query alert` for it, so that tools see a difference, and its type cannot "
        "be changed back."
    ),
    fix="write `query alert`",
    source="grosser/kennel 2.22 (metric_alert_is_deprecated); hashicorp/terraform#13784",
    applies=has_type("metric alert", "query alert"),
    check=_check,
    bad="type: metric alert",
    good="type: query alert",
)
