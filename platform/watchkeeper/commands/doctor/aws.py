"""What an environment needs in AWS, in the order in which it is made."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from watchkeeper.adapters.aws.account import SERVICES, AwsAccount
from watchkeeper.adapters.aws.session import aws_clients
from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.endpoints import Endpoint, Secret, Target, endpoint
from watchkeeper.commands.delivery.images import find_images
from watchkeeper.commands.doctor.check import Check, asked
from watchkeeper.commands.forwarding.key import api_key_secrets
from watchkeeper.commands.session import Session
from watchkeeper.delivery.model import BOOTSTRAP_QUALIFIER, BUILD, COMPARE, Delivery, bootstrap_role, role_name
from watchkeeper.errors import RemoteError, UsageError
from watchkeeper.forwarding.api_key import key_in
from watchkeeper.forwarding.integration import external_id, of_one_account
from watchkeeper.forwarding.load import load_forwarding

_BOOTSTRAP: Final = 6
"""What the CDK's default synthesizer asks for. Source: aws-cdk-lib 2.275, `requiresBootstrapStackVersion`."""

_REST: Final = "bootstrap, certificate, delivery, images, stacks, secret and Datadog's role"
_ISSUED: Final = "ISSUED"


def aws(session: Session, target: Target, delivery: Delivery | None) -> Iterator[Check]:
    """Credentials, bootstrap, certificate or zone, what workflows deploy with, images, stacks, secret, Datadog's role.

    delivery: None where no ref deploys to the environment.
    """
    environment = session.environment
    try:
        clients = aws_clients(target, SERVICES, account=environment.account, region=environment.region)
    except (UsageError, RemoteError) as err:
        yield Check("aws", "missing", err.what, err.fix)
        yield Check("aws", "unasked", f"{_REST}: there is nobody to ask")
        return
    yield Check("aws", "ok", f"the credentials are of account {environment.account}")
    account = AwsAccount(clients)
    yield from asked("bootstrap", lambda: _bootstrap(session, account, delivery))
    yield from asked("certificate", lambda: _certificate(session, account))
    if delivery is None:
        yield Check("delivery", "note", f"no ref deploys to `{environment.name}`: it is deployed from here")
    else:
        yield from asked("delivery", lambda: _delivery(session, target, delivery))
        yield from asked("images", lambda: _images(session))
    yield from asked("stacks", lambda: _stacks(session, account))
    yield from asked("api-key", lambda: _secret(session, target, account))
    yield from asked("datadog-role", lambda: _role(session, account))


def _bootstrap(session: Session, account: AwsAccount, delivery: Delivery | None) -> Iterator[Check]:
    environment = session.environment
    place = f"aws://{environment.account}/{environment.region}"
    other = delivery.registry.account if delivery and delivery.registry.account != environment.account else ""
    trusting = f" --trust {other} --trust-for-lookup {other}" if other else ""
    policies = " --cloudformation-execution-policies arn:aws:iam::aws:policy/AdministratorAccess" if other else ""
    fix = f"{_shell(session)}cdk bootstrap {place}{trusting}{policies}"
    found = account.parameter(f"/cdk-bootstrap/{BOOTSTRAP_QUALIFIER}/version")
    if found is None:
        yield Check("bootstrap", "missing", f"{place} is not bootstrapped", fix)
        return
    if int(found) < _BOOTSTRAP:
        yield Check("bootstrap", "missing", f"the bootstrap of {place} has version {found}, below {_BOOTSTRAP}", fix)
        return
    role = bootstrap_role("deploy", environment.account, environment.region)
    if other and other not in json.dumps(account.trust(role) or {}):
        yield Check("bootstrap", "missing", f"{place} does not trust the workflows' account {other}", fix)
        return
    yield Check("bootstrap", "ok", f"{place} is bootstrapped, version {found}")


def _certificate(session: Session, account: AwsAccount) -> Iterator[Check]:
    edge = session.environment.edge
    if edge.certificate:
        status = account.certificate_status(edge.certificate)
        if status == _ISSUED:
            yield Check("certificate", "ok", "the load balancer's certificate is issued")
        elif status is None:
            fix = "request one in AWS Certificate Manager, or leave `edge: certificate` out and serve HTTP only"
            yield Check("certificate", "missing", f"there is no certificate {edge.certificate}", fix)
        else:
            fix = "write the DNS records that AWS Certificate Manager shows, and wait"
            yield Check("certificate", "missing", f"the certificate is {status}", fix)
    elif edge.domain:
        name = account.zone_name(edge.hosted_zone)
        if name is None:
            fix = "make it in Route 53, or leave `edge: domain` out and serve HTTP only"
            yield Check("certificate", "missing", f"there is no hosted zone {edge.hosted_zone}", fix)
        elif edge.domain == name or edge.domain.endswith(f".{name}"):
            yield Check("certificate", "ok", f"the hosted zone {name} can prove {edge.domain}")
        else:
            fix = "name the zone of the domain"
            yield Check("certificate", "missing", f"{edge.domain} is not inside of the zone {name}", fix)
    else:
        yield Check("certificate", "note", "there is none: the load balancer serves HTTP, and gRPC stays inside")


def _delivery(session: Session, target: Target, delivery: Delivery) -> Iterator[Check]:
    """The stack Delivery, by the roles that workflows take. They stand in the registry's account."""
    registry = delivery.registry
    fix = "an administrator of that account runs: cdk deploy -c stack=delivery"
    try:
        clients = aws_clients(target, SERVICES, account=registry.account, region=registry.region)
    except UsageError as err:
        yield Check("delivery", "unasked", f"{err.what}, where the registry is", "log in there to ask")
        return
    account = AwsAccount(clients)
    for name in (BUILD, session.environment.name, session.environment.name + COMPARE):
        role = role_name(session.project.name, name)
        trust = account.trust(role)
        if trust is None:
            yield Check("delivery", "missing", f"account {registry.account} has no role {role}", fix)
            return
        absent = [each for each in delivery.github.subjects(name) if each not in _subjects(trust)]
        if absent:
            yield Check("delivery", "missing", f"the role {role} does not trust {absent[0]}", fix)
            return
    yield Check("delivery", "ok", f"workflows of {delivery.github.name} are trusted")


def _subjects(trust: Mapping[str, Any]) -> set[str]:
    """Of every statement: what its condition says of the token's subject."""
    found: set[str] = set()
    for statement in trust.get("Statement") or []:
        for condition in (statement.get("Condition") or {}).values():
            for name, value in condition.items():
                if name.endswith(":sub"):
                    found |= {value} if isinstance(value, str) else set(value)
    return found


def _images(session: Session) -> Iterator[Check]:
    try:
        found = find_images(session, "HEAD")
    except UsageError as err:
        yield Check("images", "unasked", err.what, err.fix)
        return
    for image in found.missing:
        services = [session.environment.service(each) for each in image.services if each in _running(session)]
        at_edge = [each.id for each in services if each.edge_grpc and session.environment.edge.is_encrypted]
        fix = "push the source: the workflow builds it; until then the placeholder of watchkeeper.yaml is deployed"
        what = f"the registry has no {image.name}"
        if at_edge:
            fix = f"build it before the first deploy: the placeholder speaks no gRPC, which `{at_edge[0]}` serves"
        yield Check("images", "missing" if at_edge else "note", what, fix)
    if not found.missing:
        yield Check("images", "ok", f"the registry has {len(set(found.pinned.values()))} by digest, for every service")


def _shell(session: Session) -> str:
    """What comes before a command of the CDK: the sandbox has to be in the shell's variables."""
    return 'eval "$(watchkeeper sandbox env)"; ' if session.environment.is_local else ""


def _running(session: Session) -> set[str]:
    return {service.id for service in session.environment.services}


def _stacks(session: Session, account: AwsAccount) -> Iterator[Check]:
    name = session.environment.name
    fix = f"{_shell(session)}cdk deploy -c env={name} --all"
    found = account.stacks({"env": name, "managed_by": "watchkeeper"})
    if not found:
        yield Check("stacks", "missing", f"nothing of `{name}` is deployed", fix)
        return
    for stack in found:
        if not stack.is_fine:
            again = fix if stack.status != "ROLLBACK_COMPLETE" else f"delete it, mend the reason, then {fix}"
            yield Check("stacks", "missing", f"{stack.name} is {stack.status}", again)
    if all(stack.is_fine for stack in found):
        yield Check("stacks", "ok", f"{len(found)} are deployed")


def _secret(session: Session, target: Target, account: AwsAccount) -> Iterator[Check]:
    """The key that Firehose and the tasks read: there, in shape, and known at the site."""
    name, site = session.environment.name, session.project.datadog.site
    secrets = api_key_secrets(account, name)
    fix = f"watchkeeper forwarding key --env {name}"
    if not secrets:
        yield Check("api-key", "unasked", "the secret for Datadog's API key comes with the stacks")
        return
    for arn, description in secrets.items():
        shown = arn.rpartition(":secret:")[2]
        text = account.secret(arn)
        key = key_in(description, text.reveal()) if text else None
        if key is None:
            yield Check("api-key", "missing", f"{shown} does not hold a key as its reader wants it", fix)
        elif not _is_known(target, key):
            yield Check("api-key", "missing", f"{shown} holds a key that {site} does not know", fix)
        else:
            yield Check("api-key", "ok", f"{shown} holds a key that {site} knows")


def _role(session: Session, account: AwsAccount) -> Iterator[Check]:
    """The role with which Datadog reads tags, once the file says its external id; before that Datadog's check tells."""
    name = session.environment.name
    declared = load_forwarding(session.project).integration
    sharing = of_one_account(session.project, session.environment)
    written = external_id(declared, sharing) if declared else ""
    if declared is None or not written:
        return
    brings = next((each.name for each in sharing if each.name in declared.external_ids), name)
    fix = f"{_shell(session)}cdk deploy -c env={brings} {brings}-Forwarding"
    trust = account.trust(declared.role)
    if trust is None:
        yield Check("datadog-role", "missing", f"there is no role {declared.role}, so Datadog reads no tags", fix)
    elif written not in json.dumps(trust):
        told = f"the role {declared.role} does not ask for the external id that the file says"
        yield Check("datadog-role", "missing", told, fix)
    else:
        yield Check("datadog-role", "ok", f"Datadog may assume {declared.role}")


def _is_known(target: Target, key: str) -> bool:
    """Whether Datadog takes the key. Raises UsageError without a key of one's own, RemoteError when nobody answers."""
    where = endpoint(target, "datadog")
    asking = Endpoint(where.url, {**where.keys, "datadog_api_key": Secret(key)})
    try:
        DatadogClient(asking).call("GET", "/api/v1/validate")
    except RemoteError as err:
        if err.status in (401, 403):
            return False
        raise
    return True
