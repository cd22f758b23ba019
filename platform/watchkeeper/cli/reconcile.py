"""How every `plan` and `sync` talks to its user."""

import json
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from watchkeeper.cli.frame import (
    EXIT_DIFFERENCE,
    EXIT_FINDINGS,
    EXIT_INTERRUPTED,
    Common,
    Group,
    common_options,
    env_option,
    loopback_option,
)
from watchkeeper.cli.plan_text import plan_json, plan_lines, receipt_json
from watchkeeper.commands.reconcile import Reconciliation, carry_out, check_deletes, make_plan
from watchkeeper.errors import UsageError
from watchkeeper.sync.plan import Change, Plan

if TYPE_CHECKING:
    from watchkeeper.commands.session import Session

F = TypeVar("F", bound=Callable[..., Any])

_DONE = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted", "adopt": "adopted"}


def add_verbs(
    group: Group,
    *,
    prefix: str,
    changes: str,
    makes: str,
    work_of: "Callable[[Session], Reconciliation]",
    afterwards: "Callable[[Session, Reconciliation], None]" = lambda _session, _work: None,
) -> None:
    """Give a group its `plan` and its `sync`.

    prefix: what is typed before the verb. changes, makes: what the helps of the two say. work_of: what a session's
    declarations and accounts come to. afterwards: what `sync` tells besides its receipt.
    """

    @group.command("plan", example=f"{prefix} plan --env prod", help=f"Show what `sync` would change {changes}.")
    @click.option("--exit-code", is_flag=True, help="End with 3 when there is a difference.")
    @_shared_options
    @env_option
    @common_options
    def plan(
        common: Common, env: str, *, prune: bool, max_deletes: int | None, allow_loopback: bool, exit_code: bool
    ) -> int:
        from watchkeeper.commands.session import open_session

        work = work_of(open_session(common.root, env, allow_loopback=allow_loopback))
        return run_plan(common, [work], prune=prune, max_deletes=max_deletes, exit_code=exit_code)

    @group.command("sync", example=f"{prefix} sync --env stage --yes", help=f"Make {makes}.")
    @click.option("--yes", is_flag=True, help="Do not ask before something is deleted or replaced.")
    @_shared_options
    @env_option
    @common_options
    def sync(common: Common, env: str, *, prune: bool, max_deletes: int | None, allow_loopback: bool, yes: bool) -> int:
        from watchkeeper.commands.session import open_session

        session = open_session(common.root, env, allow_loopback=allow_loopback)
        work = work_of(session)
        code = run_sync(common, [work], prune=prune, max_deletes=max_deletes, yes=yes)
        afterwards(session, work)
        return code


def _shared_options(function: F) -> F:
    """The options that `plan` and `sync` have in common."""
    function = click.option(
        "--prune", is_flag=True, help="Also delete managed objects that are not declared any more."
    )(function)
    function = click.option(
        "--max-deletes", type=int, default=None, help="Allow a plan that deletes so many objects.", show_default=False
    )(function)
    return loopback_option(function)


def run_plan(
    common: Common, works: "Iterable[Reconciliation]", *, prune: bool, max_deletes: int | None, exit_code: bool
) -> int:
    """Show what would be done. With exit_code a difference ends with 3. Raises PlanRefused as `run_sync` would."""
    plans = [make_plan(work, prune=prune) for work in works]
    if common.as_json:
        print(json.dumps(_merged([plan_json(plan) for plan in plans]), indent=2))
    else:
        for plan in plans:
            for line in plan_lines(plan):
                print(line)
    for plan in plans:
        check_deletes(plan, max_deletes)
    differs = any(not plan.is_empty for plan in plans)
    return EXIT_DIFFERENCE if exit_code and differs else 0


def run_sync(
    common: Common, works: "Iterable[Reconciliation]", *, prune: bool, max_deletes: int | None, yes: bool
) -> int:
    """Plan, ask where something would be lost, write, and end with a receipt."""
    records: list[dict[str, Any]] = []
    code = 0
    for work in works:
        plan = make_plan(work, prune=prune)
        if not common.as_json:
            for line in plan_lines(plan):
                print(line)
        check_deletes(plan, max_deletes)
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
        objects = "object" if len(lost) == 1 else "objects"
        raise UsageError(f"the plan deletes or replaces {len(lost)} {objects}", "look at it, then say --yes")
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
