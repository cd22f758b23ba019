"""How every `plan` and `sync` talks to its user."""

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from watchkeeper.cli.frame import EXIT_DIFFERENCE, EXIT_FINDINGS, EXIT_INTERRUPTED, Common, loopback_option
from watchkeeper.cli.plan_text import plan_json, plan_lines, receipt_json
from watchkeeper.commands.reconcile import Reconciliation, carry_out, make_plan
from watchkeeper.errors import UsageError
from watchkeeper.sync.plan import Change, Plan

F = TypeVar("F", bound=Callable[..., Any])

_DONE = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted", "adopt": "adopted"}


def plan_options(function: F) -> F:
    """Adds the options that `plan` and `sync` share."""
    function = click.option(
        "--prune", is_flag=True, help="Also delete managed objects that are not declared any more."
    )(function)
    function = click.option(
        "--max-deletes", type=int, default=None, help="Allow a plan that deletes so many objects.", show_default=False
    )(function)
    return loopback_option(function)


def run_plan(
    common: Common, works: Iterable[Reconciliation], *, prune: bool, max_deletes: int | None, exit_code: bool
) -> int:
    """Show what would be done. With exit_code a difference ends with 3."""
    plans = [make_plan(work, prune=prune, max_deletes=max_deletes) for work in works]
    if common.as_json:
        print(json.dumps(_merged([plan_json(plan) for plan in plans]), indent=2))
    else:
        for plan in plans:
            for line in plan_lines(plan):
                print(line)
    differs = any(not plan.is_empty for plan in plans)
    return EXIT_DIFFERENCE if exit_code and differs else 0


def run_sync(
    common: Common, works: Iterable[Reconciliation], *, prune: bool, max_deletes: int | None, yes: bool
) -> int:
    """Plan, ask where something would be lost, write, and end with a receipt."""
    records: list[dict[str, Any]] = []
    code = 0
    for work in works:
        plan = make_plan(work, prune=prune, max_deletes=max_deletes)
        if not common.as_json:
            for line in plan_lines(plan):
                print(line)
        _confirm(plan, yes=yes)
        receipt = carry_out(work, plan, _progress(common))
        records.append(receipt_json(receipt))
        if not common.as_json:
            for failure in receipt.failed:
                place = f"{failure.where.file}:{failure.where.line}: " if failure.where else ""
                print(f"{place}error: {failure.identity.short}: {failure.reason}", file=sys.stderr)
            print(receipt.line)
        if receipt.is_interrupted:
            code = EXIT_INTERRUPTED
            break
        if receipt.failed or plan.of("conflict"):
            code = EXIT_FINDINGS
    if common.as_json:
        print(json.dumps(_merged(records), indent=2))
    return code


def _progress(common: Common) -> Callable[[Change], None]:
    def show(change: Change) -> None:
        if not common.is_quiet:
            print(f"  {_DONE[change.action]} {change.kind} {change.identity.short}", file=sys.stderr)

    return show


def _confirm(plan: Plan, *, yes: bool) -> None:
    """Ask before anything is deleted or replaced; without a terminal only --yes will do."""
    lost = plan.of("delete", "replace")
    if not lost or yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"the plan deletes or replaces {len(lost)} objects", "look at it, then say --yes")
    click.confirm(f"delete or replace {len(lost)} objects in {plan.env}?", abort=True, err=True)


def _merged(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Several plans of one command as one document: lists joined, counts added."""
    if len(records) == 1:
        return records[0]
    merged: dict[str, Any] = {}
    for record in records:
        for key, value in record.items():
            before = merged.get(key)
            if before is None or key in ("schema_version", "env"):
                merged[key] = value
            elif isinstance(value, bool):
                merged[key] = before or value
            elif isinstance(value, int | float):
                merged[key] = before + value
            elif isinstance(value, list):
                merged[key] = [*before, *value]
            else:
                merged[key] = f"{before}, {value}"
    return merged
