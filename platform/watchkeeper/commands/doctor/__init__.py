"""`watchkeeper doctor`: what is missing until an environment runs, in the order in which it is to be mended."""

from collections.abc import Iterator

from watchkeeper.adapters.endpoints import Target
from watchkeeper.commands.doctor.aws import aws
from watchkeeper.commands.doctor.check import Check, asked
from watchkeeper.commands.doctor.declared import declared
from watchkeeper.commands.doctor.tools import examine_tools
from watchkeeper.commands.doctor.vendors import datadog, pagerduty, slack
from watchkeeper.commands.session import Session
from watchkeeper.delivery.model import FILE as DELIVERY_FILE
from watchkeeper.delivery.model import load_delivery
from watchkeeper.errors import UsageError
from watchkeeper.routing.load import FOLDER, OnCallPlan, load_on_call

__all__ = ["Check", "examine", "examine_tools"]


def examine(session: Session) -> Iterator[Check]:
    """Declarations, AWS, Datadog, PagerDuty, Slack. Reads only, and gives each answer as it comes.

    Raises ConfigError for a declaration that is wrong.
    """
    target = session.target
    has_routing = (session.root / FOLDER).is_dir()
    plan = load_on_call(session.project, session.environment) if has_routing else OnCallPlan()
    delivery = load_delivery(session.project) if (session.root / DELIVERY_FILE).is_file() else None
    if delivery and session.environment.name not in delivery.deployed:
        delivery = None
    yield from declared(session, delivery, plan, is_played=_is_played(target))
    if session.environment.is_local:
        try:
            yield Check("sandbox", "ok", f"it runs as process {target.sandbox().pid}")
        except UsageError as err:
            yield Check("sandbox", "missing", err.what, err.fix)
            yield Check("sandbox", "unasked", "AWS, Datadog, PagerDuty and Slack: there is nobody to ask")
            return
    if (session.root / "app.py").is_file():
        yield from aws(session, target, delivery)
    yield from asked("datadog", lambda: datadog(session, target, plan))
    if not has_routing:
        yield Check("pagerduty", "note", f"there is no {FOLDER}/, so nobody is paged by this project")
        return
    yield from asked("pagerduty", lambda: pagerduty(session, target, plan))
    yield from asked("slack", lambda: slack(session, target, plan))


def _is_played(target: Target) -> bool:
    return target.is_played_at(target.environ.get("WATCHKEEPER_DATADOG_URL", ""))
