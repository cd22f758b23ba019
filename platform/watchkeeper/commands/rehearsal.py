"""What every rehearsal begins with: sandbox up, deploy, sync; and what it ends with, in any case: sandbox down."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from watchkeeper.commands.dashboards.reconcile import dashboards_reconciliation
from watchkeeper.commands.forwarding.reconcile import integration_reconciliation
from watchkeeper.commands.monitors.declared import declared_monitors
from watchkeeper.commands.monitors.lint import report_on
from watchkeeper.commands.monitors.reconcile import monitors_reconciliation
from watchkeeper.commands.oncall.reconcile import on_call_reconciliation
from watchkeeper.commands.reconcile import carry_out, make_plan
from watchkeeper.commands.sandbox.accounts import sandbox_accounts
from watchkeeper.commands.session import Session
from watchkeeper.forwarding.load import load_forwarding
from watchkeeper.project.sandbox_record import remove_record
from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.crawl import crawl
from watchkeeper.sandbox.deploy import deploy
from watchkeeper.sandbox.judge.check import Judgement
from watchkeeper.sandbox.process import Sandbox, start_sandbox
from watchkeeper.timeline import utc_text

Say = Callable[[str], None]
_PLACES: Final = {"aws": "AWS", "datadog": "Datadog", "pagerduty": "PagerDuty", "slack": "Slack"}
_UNROUTED: Final = "unrouted"
_BLIND: Final = (
    "warning: Datadog may not read this account, so no metric of AWS carries env, service and team, and monitors find"
    " none: see `integration:` in docs/reference/forwarding-file.md"
)
_SYNCS: Final = (
    ("routing", "oncall sync", on_call_reconciliation),
    ("monitors", "monitors sync", partial(monitors_reconciliation, tolerated=(_UNROUTED,))),
    ("dashboards", "dashboards sync", dashboards_reconciliation),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A sandbox with an environment deployed and everything synced. synced: objects that were written, by kind."""

    sandbox: Sandbox
    cloud: Cloud
    deployed: Judgement
    synced: Mapping[str, int]

    @property
    def places(self) -> str:
        """Where the stand-ins are, for people."""
        return _places(self.sandbox)


@contextmanager
def prepared_stage(session: Session, now: int, say: Say) -> Iterator[Stage]:
    """Bring everything up at the virtual instant `now`. Raises ConfigError, UsageError, RemoteError."""
    _warn_unrouted(session, say)
    accounts = sandbox_accounts(session.project, session.environment, has_aws=True)
    sandbox = start_sandbox(session.root, accounts, pid=os.getpid(), now=now)
    try:
        assert sandbox.aws is not None
        say(f"sandbox: {_places(sandbox)}; virtual time {utc_text(now)}")
        environment = session.environment
        deployed = deploy(session.root, sandbox.aws, environment.name, environment.account, environment.region)
        say(f"cdk deploy: {len(deployed.resources)} stacks, {deployed.total} resources in {environment.name}")
        cloud = Cloud(sandbox.aws, environment.region)
        cloud.put_api_key(sandbox.record.keys["datadog_api_key"])
        synced = {}
        sandbox.datadog.is_read_by_others = not _make_known(session, say)
        if not crawl(sandbox, cloud, environment.account):
            say(_BLIND)
        for name, verb, prepare in _SYNCS:
            work = prepare(session)
            receipt = carry_out(work, make_plan(work), workers=1)  # one after the other: equal runs give equal ids
            synced[name] = len(receipt.created) + len(receipt.updated)
            say(f"{verb}: {receipt.line}")
        yield Stage(sandbox, cloud, deployed, synced)
    finally:
        sandbox.close()
        remove_record(session.root)


def transitions_of(sandbox: Sandbox) -> list[dict[str, Any]]:
    """Every change of a monitor's group, told or not: at, monitor, group, from, to, value, told."""
    names = sandbox.datadog.names()
    return [
        {
            "at": utc_text(change.at),
            "monitor": names[monitor_id],
            "group": list(change.group),
            "from": change.previous,
            "to": change.current,
            "value": change.value,
            "told": change.notifies,
        }
        for monitor_id, change in sandbox.datadog.transitions
        if monitor_id in names
    ]


def _make_known(session: Session, say: Say) -> bool:
    """Tell Datadog of the account; gives whether the project declares that, or leaves it to somebody else."""
    if load_forwarding(session.project).integration is None:
        return False
    work = integration_reconciliation(session)
    say(f"forwarding sync: {carry_out(work, make_plan(work)).line}")
    return True


def _places(sandbox: Sandbox) -> str:
    return ", ".join(f"{title} {sandbox.record.urls[name]}" for name, title in _PLACES.items())


def _warn_unrouted(session: Session, say: Say) -> None:
    """A monitor that reaches nobody is refused by `monitors sync`; a rehearsal shows what comes of it."""
    found = report_on(session, declared_monitors(session), datetime.now(UTC).date()).findings
    for problem in (finding.problem for finding in found):
        if problem.rule == _UNROUTED:
            say(f"warning: {problem.where}: {problem.what}; it is rehearsed all the same")
