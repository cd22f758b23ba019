"""How `watchkeeper env cost` answers, as text and as JSON."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from watchkeeper.cli.terminal import table
from watchkeeper.topology.cost import Cost, cost_changes


def cost_text(cost: Cost) -> str:
    """The totals, then the items, the dearest first."""
    lines = sorted(cost.lines, key=lambda line: (-line.amount, line.stack, line.resource, line.what))
    rows = [
        (
            line.stack,
            line.resource,
            f"{line.what}{'' if line.is_fixed else ' *'}",
            f"{line.quantity:,.2f} {line.unit}",
            f"{line.amount:10,.2f}",
        )
        for line in lines
        if line.amount
    ]
    return f"{_totals(cost)}\n\n{table(rows, ('stack', 'resource', 'item', 'quantity', '   USD a month'))}"


def _totals(cost: Cost) -> str:
    traffic = "with the traffic given" if cost.has_traffic else "without any request: give --trace SERVICE=FILE"
    return (
        f"{cost.env}: {cost.total():,.2f} USD a month; {cost.total(is_fixed=True):,.2f} fixed, "
        f"{cost.total(is_fixed=False):,.2f} by use (*), {traffic}\n"
        f"{cost.unverified_ratio:.0%} of it rests on unverified prices"
    )


def change_text(before: Cost, after: Cost, names: tuple[str, str]) -> str:
    """The totals of both, then the items that differ, the largest difference first."""
    difference = after.total() - before.total()
    head = (
        f"{names[0]} {before.total():,.2f} USD a month, {names[1]} {after.total():,.2f}: {difference:+,.2f}\n"
        f"{max(before.unverified_ratio, after.unverified_ratio):.0%} of it rests on unverified prices"
    )
    rows = [
        (item.stack, item.resource, item.what, f"{item.before:,.2f}", f"{item.after:,.2f}", f"{_delta(item):+,.2f}")
        for item in cost_changes(before, after)
    ]
    return f"{head}\n\n{table(rows, ('stack', 'resource', 'item', *names, 'USD a month'))}" if rows else head


def _delta(item: Any) -> float:  # noqa: ANN401 - a CostChange
    return float(item.after - item.before)


def cost_json(cost: Cost) -> dict[str, Any]:
    """The bill as one document."""
    return {"schema_version": 1, **_cost(cost), "items": _records(cost.lines)}


def change_json(before: Cost, after: Cost, names: tuple[str, str]) -> dict[str, Any]:
    """Two bills and their differences as one document."""
    return {
        "schema_version": 1,
        "from": {"name": names[0], **_cost(before)},
        "to": {"name": names[1], **_cost(after)},
        "changes": _records(cost_changes(before, after)),
    }


def _cost(cost: Cost) -> dict[str, Any]:
    return {
        "env": cost.env,
        "currency": "USD",
        "total": round(cost.total(), 2),
        "fixed": round(cost.total(is_fixed=True), 2),
        "by_use": round(cost.total(is_fixed=False), 2),
        "has_traffic": cost.has_traffic,
        "unverified_ratio": round(cost.unverified_ratio, 4),
    }


def _records(items: Sequence[Any]) -> list[dict[str, Any]]:
    return [dataclasses.asdict(item) for item in items]
