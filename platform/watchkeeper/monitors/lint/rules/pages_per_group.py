"""pages-per-group: a page for each of hundreds of groups."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, groups_of, is_read
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_MANY: Final = frozenset((
    "container_id", "container_name", "pod_name", "task_arn", "partition", "topic", "url", "path", "resource_name",
    "request_id", "user_id", "customer_id", "client_ip", "ip", "process_name", "kube_job", "image_tag", "device",
))  # fmt: skip
_KEYS: Final = 3


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    groups = groups_of(subject)
    if subject.options.get("notify_by"):
        return
    many = [key for key in groups if key.lower() in _MANY]
    if many or len(groups) > _KEYS:
        what = f"a page for every `{', '.join(many or groups)}`"
        yield Flaw(what, QUERY, offset=max(subject.text.find((many or groups)[0]), 0))


RULE = Rule(
    id="pages-per-group",
    severity="warning",
    title="A page for each of hundreds of groups",
    why=("Every group pages on its own; one broken node then calls a person a hundred times."),
    fix="group by less, or bundle with `notify_by`",
    source="cost and count checks of cloudflare/pint; cardinality of the usual keys",
    applies=lambda subject: is_read(subject) and (subject.urgency == "page" or "@pagerduty" in subject.message),
    check=_check,
    bad=(
        '{urgency: page, runbook: "https://runbooks.example.com/load", handles: ["@pagerduty-api"], query: '
        '"avg(last_5m):avg:system.load.1{*} by {pod_name} > 4", options: {on_missing_data: show_no_data}}'
    ),
    good=(
        '{urgency: page, runbook: "https://runbooks.example.com/load", handles: ["@pagerduty-api"], query: '
        '"avg(last_5m):avg:system.load.1{*} by {env} > 4", options: {on_missing_data: show_no_data}}'
    ),
)
