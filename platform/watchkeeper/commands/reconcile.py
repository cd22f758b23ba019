"""The use case behind every `plan` and `sync`: read, compare, show, write."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from watchkeeper.project.identity import Identity
from watchkeeper.sync.apply import WORKERS, Receipt, apply_plan
from watchkeeper.sync.kind import Body, Desired, Kind, Store
from watchkeeper.sync.plan import Change, Plan, plan_sync, refuse_dangerous

MIN_DELETES = 10
"""A plan may delete so many managed objects, or a twentieth of them if that is more, without being asked twice."""


@dataclass(frozen=True, slots=True)
class Side:
    """One kind, where its objects live, and whether all of the environment's objects of this kind are declared."""

    kind: Kind
    store: Store


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Everything that is needed to plan and to apply.

    sides: in the order of creation. target: the organisation, account and host that are spoken to.
    requests: how many requests the adapters have made so far.
    """

    env: str
    target: str
    sides: Sequence[Side]
    desired: Sequence[Desired]
    is_ours: Callable[[Identity], bool]
    requests: Callable[[], int]


def make_plan(work: Reconciliation, *, prune: bool = False) -> Plan:
    """Read what is there and compare. Raises RemoteError."""
    actual: Mapping[str, Sequence[Body]] = {side.kind.name: side.store.list() for side in work.sides}
    plan = plan_sync(
        [side.kind for side in work.sides],
        work.desired,
        actual,
        env=work.env,
        is_ours=work.is_ours,
        prune=prune,
    )
    return replace(plan, requests=work.requests(), target=work.target)


def check_deletes(plan: Plan, max_deletes: int | None = None) -> None:
    """Raise PlanRefused for a plan that looks like an accident. max_deletes: what somebody allowed instead."""
    limit = max(MIN_DELETES, plan.managed // 20) if max_deletes is None else max_deletes
    refuse_dangerous(plan, max_deletes=limit)


def carry_out(
    work: Reconciliation, plan: Plan, on_done: Callable[[Change], None] = lambda _: None, *, workers: int = WORKERS
) -> Receipt:
    """Write what the plan says, and give the receipt. workers: concurrent writes."""
    kinds = {side.kind.name: side.kind for side in work.sides}
    stores = {side.kind.name: side.store for side in work.sides}
    receipt = apply_plan(plan, kinds, stores, on_done=on_done, workers=workers)
    return replace(receipt, requests=work.requests())
