"""`oncall plan` and `sync`: schedules, policies and services in PagerDuty, and how Datadog and Slack lead there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.datadog.integrations import PagerDutyServiceStore, SlackChannelStore
from watchkeeper.adapters.endpoints import endpoint
from watchkeeper.adapters.pagerduty.client import PagerDutyClient
from watchkeeper.adapters.pagerduty.stores import IntegrationStore, PagerDutyStore, ScheduleStore, UserStore
from watchkeeper.adapters.slack.channels import ChannelStore
from watchkeeper.adapters.slack.client import SlackClient
from watchkeeper.commands.reconcile import Reconciliation, Side
from watchkeeper.commands.session import Session
from watchkeeper.errors import ConfigError, Problem
from watchkeeper.project.identity import Identity
from watchkeeper.routing import codec
from watchkeeper.routing.load import OnCallPlan, load_on_call
from watchkeeper.routing.outlets import undeclared_goals
from watchkeeper.routing.routes import load_routes
from watchkeeper.sync.kind import Body, Desired, Kind

_SECTIONS = {
    codec.USER: "people",
    codec.SCHEDULE: "schedules",
    codec.POLICY: "escalation_policies",
    codec.SERVICE: "services",
    codec.INTEGRATION: "services",
    codec.DATADOG_SERVICE: "services",
    codec.CHANNEL: "slack_channels",
    codec.DATADOG_CHANNEL: "slack_channels",
}


def declared_on_call(session: Session) -> OnCallPlan:
    """The plan, with every route leading somewhere. Raises ConfigError with all problems."""
    plan = load_on_call(session.project, session.environment)
    routes = load_routes(session.project, session.environment)
    problems = list(undeclared_goals(routes, list(plan.services.values()), list(plan.channels.values())))
    if problems:
        raise ConfigError(problems)
    return plan


@dataclass(frozen=True, slots=True)
class _Clients:
    pagerduty: PagerDutyClient
    datadog: DatadogClient
    slack: SlackClient
    target: str

    @property
    def requests(self) -> int:
        return self.pagerduty.caller.requests + self.datadog.caller.requests + self.slack.requests


def _clients(session: Session) -> _Clients:
    target = session.target
    where = {name: endpoint(target, name) for name in ("pagerduty", "datadog", "slack")}
    pagerduty = PagerDutyClient(where["pagerduty"], session.environment.pagerduty.from_email)
    datadog = DatadogClient(where["datadog"])
    slack = SlackClient(where["slack"])
    organisation = datadog.organisation()
    workspace = slack.call("auth_test")["team"]
    text = (
        f"PagerDuty ({where['pagerduty'].host}), Datadog {organisation} ({where['datadog'].host}), "
        f"Slack {workspace} ({where['slack'].host})"
    )
    return _Clients(pagerduty, datadog, slack, text)


def on_call_reconciliation(session: Session) -> Reconciliation:
    """Everything a plan needs. Raises ConfigError, UsageError, RemoteError."""
    plan = declared_on_call(session)
    clients = _clients(session)
    users = UserStore(clients.pagerduty)
    _refuse_missing_people(session, plan, users)
    integrations = IntegrationStore(clients.pagerduty, codec.VENDOR)
    named = _Names(session, plan)
    service_names = [service.name for service in plan.services.values()]
    datadog_services = PagerDutyServiceStore(clients.datadog, service_names, integrations.key)
    datadog_channels = SlackChannelStore(clients.datadog, session.project.datadog.slack_account)
    pagerduty = clients.pagerduty
    described = codec.identify_described
    sides = [
        Side(named.kind(codec.USER, codec.normalise_user, "email", codec.body_id), users),
        Side(_kind(codec.SCHEDULE, described, codec.normalise_schedule), ScheduleStore(pagerduty)),
        Side(
            _kind(codec.POLICY, described, codec.normalise_policy),
            PagerDutyStore(pagerduty, "escalation_policy", "escalation_policies"),
        ),
        Side(
            _kind(codec.SERVICE, described, codec.normalise_service), PagerDutyStore(pagerduty, "service", "services")
        ),
        Side(_kind(codec.INTEGRATION, described, codec.normalise_integration, is_adoptable=False), integrations),
        Side(
            named.kind(codec.DATADOG_SERVICE, codec.normalise_datadog_service, "service_name", codec.body_name),
            datadog_services,
        ),
        Side(named.kind(codec.CHANNEL, codec.normalise_channel, "name", codec.body_id), ChannelStore(clients.slack)),
        Side(
            named.kind(codec.DATADOG_CHANNEL, codec.normalise_datadog_channel, "name", codec.body_name),
            datadog_channels,
        ),
    ]
    return Reconciliation(
        env=session.environment.name,
        target=clients.target,
        sides=sides,
        desired=named.desired(),
        is_ours=session.owns,
        requests=lambda: clients.requests,
    )


def _kind(
    name: str,
    identify: Callable[[Body], Identity | None],
    normalise: Callable[[Body], Mapping[str, object]],
    *,
    is_adoptable: bool = True,
) -> Kind:
    return Kind(name, identify, codec.body_id, normalise, codec.body_name, is_adoptable=is_adoptable)


class _Names:
    """Declared objects and their identities; some kinds carry no other identity than a name."""

    def __init__(self, session: Session, plan: OnCallPlan) -> None:
        self._project = session.project.name
        self._env = session.environment.name
        self._plan = plan

    def identity(self, name: str) -> Identity:
        return Identity(self._project, self._env, "", name)

    def kind(
        self,
        name: str,
        normalise: Callable[[Body], Mapping[str, object]],
        field: str,
        remote_id: Callable[[Body], str],
    ) -> Kind:
        """A kind whose identity on the remote side is `field`; only declared objects have one."""
        identities = {str(normalise(item.body)[field]): item.identity for item in self.desired() if item.kind == name}

        def identify(body: Body) -> Identity | None:
            return identities.get(str(normalise(body)[field]))

        return Kind(name, identify, remote_id, normalise, codec.body_name, is_adoptable=False)

    def desired(self) -> list[Desired]:
        plan = self._plan
        people, schedules, policies, services, integrations = (
            codec.refs(kind, self._project, self._env, names)
            for kind, names in (
                (codec.USER, plan.people),
                (codec.SCHEDULE, plan.schedules),
                (codec.POLICY, plan.policies),
                (codec.SERVICE, plan.services),
                (codec.INTEGRATION, plan.services),
            )
        )
        found: list[tuple[str, str, Body]] = []
        found += [(codec.USER, name, codec.encode_user(each)) for name, each in plan.people.items()]
        found += [
            (codec.SCHEDULE, name, codec.encode_schedule(each, self.identity(name), people))
            for name, each in plan.schedules.items()
        ]
        found += [
            (codec.POLICY, name, codec.encode_policy(each, self.identity(name), people, schedules))
            for name, each in plan.policies.items()
        ]
        for name, service in plan.services.items():
            found += [
                (codec.SERVICE, name, codec.encode_service(service, self.identity(name), policies)),
                (codec.INTEGRATION, name, codec.encode_integration(services[name])),
                (codec.DATADOG_SERVICE, name, codec.encode_datadog_service(service, integrations[name])),
            ]
        for name, channel in plan.channels.items():
            found += [
                (codec.CHANNEL, name, codec.encode_channel(channel)),
                (codec.DATADOG_CHANNEL, name, codec.encode_datadog_channel(channel)),
            ]
        return [
            Desired(kind, self.identity(name), body, plan.places[_SECTIONS[kind], name]) for kind, name, body in found
        ]


def _refuse_missing_people(session: Session, plan: OnCallPlan, users: UserStore) -> None:
    """Raise ConfigError for people without a PagerDuty user, unless the environment creates them."""
    if session.environment.pagerduty.creates_users:
        return
    known = {str(user["email"]).lower() for user in users.list()}
    fix = "invite them in PagerDuty, or set `pagerduty: {creates_users: true}` for the environment"
    problems = [
        Problem(f"{person.name} <{person.email}> is no PagerDuty user", plan.places["people", person.id], fix=fix)
        for person in plan.people.values()
        if person.email.lower() not in known
    ]
    if problems:
        raise ConfigError(problems)
