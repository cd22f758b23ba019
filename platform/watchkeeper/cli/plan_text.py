"""Plans and receipts as text and as JSON."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from watchkeeper.cli.terminal import colour
from watchkeeper.sync.apply import Receipt
from watchkeeper.sync.plan import Change, FieldChange, Plan

_SIGNS = {
    "create": ("+", "green"),
    "update": ("~", "yellow"),
    "adopt": ("=", "yellow"),
    "replace": ("!", "red"),
    "delete": ("-", "red"),
    "conflict": ("?", "red"),
}
SCHEMA_VERSION = 1


def plan_lines(plan: Plan) -> Iterator[str]:
    """The plan as people read it: a line a change, the differing fields below it, the sum last."""
    yield f"{plan.env} at {plan.target}"
    for change in plan.changes:
        sign, tint = _SIGNS[change.action]
        what = f"{sign} {change.action:<8} {change.kind} {change.identity.short}"
        place = f"   {change.desired.where.file}:{change.desired.where.line}" if change.desired else ""
        yield f"  {colour(what, tint)}{place}"
        if change.action == "conflict":
            yield f"      there {len(change.remote_ids)} times: {', '.join(change.remote_ids)}; left alone"
        for field in change.fields:
            yield from _field_lines(field)
    for orphan in plan.orphans:
        yield f"  {colour('. orphan  ', 'dim')}{orphan.kind} {orphan.identity.short} stays; --prune would delete it"
    yield plan_sum(plan)


def plan_sum(plan: Plan) -> str:
    """One line that sums a plan up."""
    counts = [
        f"{len(found)} to {verb}"
        for verb in ("create", "update", "adopt", "replace", "delete")
        if (found := [change for change in plan.changes if change.action == verb])
    ]
    conflicts = len(plan.of("conflict"))
    if conflicts:
        counts.append(f"{conflicts} in conflict")
    what = ", ".join(counts) or "nothing to do"
    return f"plan {plan.digest}: {what}, {plan.unchanged} unchanged ({plan.requests} requests)"


def _field_lines(field: FieldChange) -> Iterator[str]:
    before, after = field.before, field.after
    if isinstance(before, str) and isinstance(after, str) and ("\n" in before or "\n" in after):
        yield f"      {field.name}:"
        for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1):
            if not line.startswith(("---", "+++", "@@")):
                yield f"        {line}"
    else:
        yield f"      {field.name}: {_shown(before)} -> {_shown(after)}"


def _shown(value: object) -> str:
    return "(absent)" if value is None else str(value)


def plan_json(plan: Plan) -> dict[str, Any]:
    """The JSON form of a plan, `schema_version` 1."""
    return {
        "schema_version": SCHEMA_VERSION,
        "env": plan.env,
        "target": plan.target,
        "plan": plan.digest,
        "create": [_change(change) for change in plan.of("create")],
        "update": [_change(change) for change in plan.of("update")],
        "replace": [_change(change) for change in plan.of("replace")],
        "delete": [_change(change) for change in plan.of("delete")],
        "adopt": [_change(change) for change in plan.of("adopt")],
        "conflict": [{**_change(change), "remote_ids": list(change.remote_ids)} for change in plan.of("conflict")],
        "orphans": [_change(change) for change in plan.orphans],
        "unchanged": plan.unchanged,
        "requests": plan.requests,
    }


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    """The JSON form of a sync: its plan, and what became of it."""
    return {
        **plan_json(receipt.plan),
        "requests": receipt.requests,
        "created": len(receipt.created),
        "updated": len(receipt.updated),
        "deleted": len(receipt.deleted),
        "not_done": [change.identity.short for change in receipt.not_done],
        "interrupted": receipt.is_interrupted,
        "failed": [
            {
                "id": failure.identity.short,
                "kind": failure.kind,
                "reason": failure.reason,
                "file": failure.where.file if failure.where else None,
                "line": failure.where.line if failure.where else None,
            }
            for failure in receipt.failed
        ],
        "wall_s": round(receipt.wall_s, 3),
    }


def _change(change: Change) -> Mapping[str, Any]:
    record: dict[str, Any] = {"id": change.identity.short, "kind": change.kind, "title": change.title}
    if change.remote_id:
        record["remote_id"] = change.remote_id
    if change.fields:
        record["fields"] = {
            field.name: {"from": _plain(field.before), "to": _plain(field.after)} for field in change.fields
        }
    if change.desired:
        record["file"] = change.desired.where.file
        record["line"] = change.desired.where.line
    return record


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON, or a reference that is not known yet
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
