"""What an environment needs at Datadog, PagerDuty and Slack."""

import time
from collections.abc import Iterator
from typing import Final

from watchkeeper.adapters.datadog.aws_accounts import AwsAccountStore
from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.datadog.integrations import SlackChannelStore
from watchkeeper.adapters.endpoints import Target, endpoint
from watchkeeper.adapters.pagerduty.client import PagerDutyClient
from watchkeeper.adapters.pagerduty.stores import UserStore
from watchkeeper.adapters.slack.client import SlackClient
from watchkeeper.commands.doctor.check import Check, State
from watchkeeper.commands.session import Session
from watchkeeper.errors import RemoteError
from watchkeeper.forwarding.integration import external_id, of_one_account
from watchkeeper.forwarding.load import FILE, load_forwarding
from watchkeeper.routing.load import OnCallPlan

_REFUSED: Final = (401, 403)
_NOT_FOUND: Final = 404
_EVERY_MINUTE: Final = "aws.applicationelb.healthy_host_count"
"""A load balancer publishes it in every minute, with or without traffic."""

_HOUR_S: Final = 3600


def datadog(session: Session, target: Target, plan: OnCallPlan) -> Iterator[Check]:
    """Both keys at the declared site, the connected Slack workspace, and the AWS integration."""
    site, names = session.project.datadog.site, session.environment.credentials
    client = DatadogClient(endpoint(target, "datadog"))
    try:
        client.call("GET", "/api/v1/validate")
    except RemoteError as err:
        if err.status not in _REFUSED:
            raise
        fix = "take one of this organisation, or correct `datadog: site` in watchkeeper.yaml: a key works at one site"
        yield Check("datadog", "missing", f"{site} does not know the API key in {names.datadog_api_key}", fix)
        yield Check("datadog", "unasked", "application key and integrations: the API key comes first")
        return
    try:
        organisation = client.organisation()
    except RemoteError as err:
        if err.status not in _REFUSED:
            raise
        fix = "make one in the same organisation, of a user or service account that may write monitors and dashboards"
        yield Check("datadog", "missing", f"{site} refuses the application key in {names.datadog_app_key}", fix)
        return
    yield Check("datadog", "ok", f"both keys are of {organisation} at {site}")
    if plan.channels:
        yield from _workspace(session, client)
    yield from _integration(session, client)


def _workspace(session: Session, client: DatadogClient) -> Iterator[Check]:
    name = session.project.datadog.slack_account
    try:
        SlackChannelStore(client, name).list()
    except RemoteError as err:
        if err.status != _NOT_FOUND:
            raise
        fix = "connect it on Datadog's page Integrations > Slack, or correct `datadog: slack_account`"
        yield Check("datadog-slack", "missing", f"Datadog is not connected to the Slack workspace `{name}`", fix)
        return
    yield Check("datadog-slack", "ok", f"Datadog is connected to the Slack workspace `{name}`")


def _integration(session: Session, client: DatadogClient) -> Iterator[Check]:
    """Datadog's side of the account; the external id that it has issued has to be written down and deployed."""
    name, account = session.environment.name, session.environment.account
    declared = load_forwarding(session.project).integration
    found = AwsAccountStore(client, account).list()
    if declared is None:
        if found:
            yield Check("datadog-aws", "ok", f"Datadog knows the account {account}; {FILE} leaves it to somebody else")
            return
        told = f"Datadog does not know the account {account}, so no metric of AWS carries env, service and team"
        # Whoever declares no forwarding may watch something else than AWS.
        state: State = "missing" if (session.root / FILE).is_file() else "note"
        yield Check("datadog-aws", state, told, f"add `integration: {{}}` to {FILE}")
        return
    if not found:
        fix = f"watchkeeper forwarding sync --env {name}"
        yield Check("datadog-aws", "missing", f"Datadog does not know the account {account}", fix)
        return
    issued = str((found[0].get("auth_config") or {}).get("external_id") or "")
    if issued != external_id(declared, of_one_account(session.project, session.environment)):
        fix = f"write `external_ids: {{{name}: {issued}}}` there, and deploy the stack {name}-Forwarding"
        yield Check("datadog-aws", "missing", f"{FILE} does not say the external id that Datadog has issued", fix)
        return
    yield Check("datadog-aws", "ok", f"Datadog knows the account {account}")
    yield from _tags(session, client)


def _tags(session: Session, client: DatadogClient) -> Iterator[Check]:
    """Whether metrics of AWS carry the tags by which monitors look: the canary's do not, it is of no resource."""
    env, now = session.environment.name, int(time.time())
    query = f"avg:{_EVERY_MINUTE}{{env:{env}}}"
    asked = {"from": str(now - _HOUR_S), "to": str(now), "query": query}
    if any(each.get("pointlist") for each in client.call("GET", "/api/v1/query", asked).get("series") or []):
        yield Check("datadog-tags", "ok", f"metrics of AWS carry env:{env}")
        return
    told = f"no {_EVERY_MINUTE} with env:{env} within an hour, so monitors of AWS see nothing yet"
    fix = "wait a quarter of an hour after the first deploy, then look at the account on Datadog's page Integrations"
    yield Check("datadog-tags", "note", told, fix)


def pagerduty(session: Session, target: Target, plan: OnCallPlan) -> Iterator[Check]:
    """The token, and the people who have to be users before they can be on call."""
    settings, variable = session.environment.pagerduty, session.environment.credentials.pagerduty_api_key
    client = PagerDutyClient(endpoint(target, "pagerduty"))
    try:
        emails = {str(user["email"]).lower() for user in UserStore(client).list()}
    except RemoteError as err:
        if err.status not in _REFUSED:
            raise
        fix = "make a REST API key (Integrations > API Access Keys) that may write"
        yield Check("pagerduty", "missing", f"PagerDuty refuses the key in {variable}", fix)
        return
    yield Check("pagerduty", "ok", f"the key in {variable} is valid; {len(emails)} users")
    author = settings.from_email.lower()
    if author and author not in emails:
        fix = "name a user of the account as `pagerduty: from_email`"
        yield Check("pagerduty", "missing", f"{settings.from_email} is no PagerDuty user", fix)
    absent = [person for person in plan.people.values() if person.email.lower() not in emails]
    for person in absent:
        what, where = f"{person.name} <{person.email}> is no PagerDuty user", plan.places["people", person.id]
        if settings.creates_users:
            yield Check("pagerduty", "note", f"{what}: `oncall sync` invites them", where=where)
        else:
            fix = "invite them in PagerDuty, or set `pagerduty: {creates_users: true}` for the environment"
            yield Check("pagerduty", "missing", what, fix, where)


def slack(session: Session, target: Target, plan: OnCallPlan) -> Iterator[Check]:
    """The token, and the channels."""
    variable = session.environment.credentials.slack_bot_token
    client = SlackClient(endpoint(target, "slack"))
    workspace = client.call("auth_test")["team"]
    yield Check("slack", "ok", f"the token in {variable} is of the workspace {workspace}")
    names = {str(channel["name"]) for channel in client.channels()}
    for channel in plan.channels.values():
        if channel.name not in names:
            yield Check("slack", "note", f"there is no channel #{channel.name}: `oncall sync` makes it")
