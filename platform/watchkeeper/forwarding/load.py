"""`platform/forwarding.yaml` to values: every problem with its place and its mend, all at once."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from watchkeeper.errors import ConfigError, Problem, did_you_mean
from watchkeeper.forwarding.load_logs import TAG, log_problems
from watchkeeper.forwarding.model import ForwardingFile, Integration, Namespace
from watchkeeper.project.model import Project
from watchkeeper.project.source import Document, KeyPath, read_document
from watchkeeper.project.validate import locate_in, validate

FILE: Final = "platform/forwarding.yaml"

_NAMESPACE: Final = re.compile(r"[0-9A-Za-z._\-/#:]{1,255}")
_PERCENTILE: Final = re.compile(r"p(?:\d{1,2}(?:\.\d{1,10})?|100)")
_ROLE: Final = re.compile(r"[\w+=,.@-]{1,64}")
_EXTERNAL_ID: Final = re.compile(r"[0-9a-f]{32}")
_MAX_FILTERS: Final = 1000
"""Names and namespaces in the filters of a stream. Source: CloudWatch API reference, PutMetricStream, 2026-11."""
_SPELLED: Final = (
    *("AWS/ApiGateway", "AWS/ApplicationELB", "AWS/Billing", "AWS/DynamoDB", "AWS/EC2", "AWS/ECS", "AWS/EFS"),
    *("AWS/ELB", "AWS/Firehose", "AWS/Kafka", "AWS/Kinesis", "AWS/Lambda", "AWS/Logs", "AWS/NATGateway"),
    *("AWS/NetworkELB", "AWS/RDS", "AWS/S3", "AWS/SNS", "AWS/SQS", "AWS/States", "AWS/WAFV2", "ECS/ContainerInsights"),
)
_LATE: Final = {"AWS/S3": frozenset({"BucketSizeBytes", "NumberOfObjects"}), "AWS/Billing": frozenset[str]()}
"""Metrics that come more than two hours late, which a stream leaves out; none named: all of the namespace.

Source: CloudWatch user guide, "Metric streams", 2026-11.
"""


def load_forwarding(project: Project) -> ForwardingFile:
    """What the project forwards; the defaults where it has no such file. Raises ConfigError with every problem."""
    if not (project.root / FILE).is_file():
        return ForwardingFile()
    services = dict.fromkeys(each.id for env in project.environments.values() for each in env.services)
    accounts = {name: environment.account for name, environment in project.environments.items()}
    return build_forwarding(read_document(project.root, FILE), accounts, services)


def build_forwarding(
    document: Document, environments: Mapping[str, str], services: Collection[str] = ()
) -> ForwardingFile:
    """From an already parsed file. environments: the project's, each with its AWS account. services: their names.

    Raises ConfigError with every problem.
    """
    found = validate(ForwardingFile, document.data or {}, locate_in((document, ())), what=FILE)
    problems = [
        *_problems(document, found),
        *log_problems(document, found.logs, services),
        *_integration_problems(document, found.integration, environments),
    ]
    if problems:
        raise ConfigError(problems)
    return found


def _problems(document: Document, found: ForwardingFile) -> Iterator[Problem]:
    base: KeyPath = ("metrics", "namespaces")
    namespaces = found.metrics.namespaces
    if not namespaces:
        fix = "name one, such as `AWS/ECS: {}`, or leave `namespaces:` out for the usual ones"
        yield Problem("no namespace is streamed", document.at_key(base), fix, "no-namespace")
    count = sum(1 + len(each.names) for each in namespaces.values())
    if count > _MAX_FILTERS:
        what = f"{count} namespaces and names, but a stream's filters hold {_MAX_FILTERS}"
        yield Problem(what, document.at_key(base), "stream whole namespaces instead of names", "stream-filters")
    for name, namespace in namespaces.items():
        yield from _namespace_problems(document, (*base, name), name)
        yield from _name_problems(document, (*base, name), name, namespace)
        yield from _percentile_problems(document, (*base, name), namespace)


def _integration_problems(
    document: Document, found: Integration | None, environments: Mapping[str, str]
) -> Iterator[Problem]:
    if found is None:
        return
    if not _ROLE.fullmatch(found.role):
        where = document.at(("integration", "role"))
        yield Problem(f"`{found.role}` cannot name a role", where, "letters, digits and +=,.@_-, at most 64", "role")
    seen: dict[str, str] = {}
    for name, external_id in found.external_ids.items():
        place: KeyPath = ("integration", "external_ids", name)
        if name not in environments:
            fix = did_you_mean(name, environments) or f"known: {', '.join(environments)}"
            yield Problem(f"there is no environment `{name}`", document.at_key(place), fix, "unknown-environment")
        elif (other := seen.setdefault(environments[name], name)) != name:
            what = f"`{other}` and `{name}` are in one account, which has one integration and one role"
            fix = "write the external id for the one of them that is to bring the role"
            yield Problem(what, document.at_key(place), fix, "external-id")
        if not _EXTERNAL_ID.fullmatch(external_id):
            fix = "write what `watchkeeper forwarding sync` printed; Datadog issues it, nobody invents it"
            yield Problem(f"`{external_id}` is no external id of Datadog", document.at(place), fix, "external-id")
    for index, tag in enumerate(found.tags):
        if not TAG.fullmatch(tag):
            where = document.at(("integration", "tags", index))
            yield Problem(f"`{tag}` is no tag", where, "write name:value in lower case", "tag")


def _namespace_problems(document: Document, path: KeyPath, name: str) -> Iterator[Problem]:
    right = next((each for each in _SPELLED if each.lower() == name.lower()), name)
    if not _NAMESPACE.fullmatch(name):
        fix = "write it as CloudWatch spells it, such as AWS/ApplicationELB"
        yield Problem(f"`{name}` cannot be a CloudWatch namespace", document.at_key(path), fix, "namespace")
    elif right != name:
        what = f"CloudWatch knows no namespace `{name}`; nothing would be streamed"
        yield Problem(what, document.at_key(path), f"write `{right}`", "namespace")


def _name_problems(document: Document, path: KeyPath, name: str, namespace: Namespace) -> Iterator[Problem]:
    fix = "leave it out; Datadog's AWS integration polls it"
    if name in _LATE and not _LATE[name]:
        what = f"`{name}` comes more than two hours late, and a stream leaves it out"
        yield Problem(what, document.at_key(path), fix, "too-late-to-stream")
    for index, metric in enumerate(namespace.names):
        where = document.at((*path, "names", index))
        if metric in _LATE.get(name, ()):
            what = f"`{metric}` comes more than two hours late, and a stream leaves it out"
            yield Problem(what, where, fix, "too-late-to-stream")
        if not metric or "*" in metric:
            what = f"`{metric}` is no metric's name: a stream's filters know no patterns"
            yield Problem(what, where, "write the names one by one, or leave `names:` out for all", "metric-name")
        elif metric in namespace.names[:index]:
            yield Problem(f"`{metric}` is named twice", where, "name it once", "metric-name")


def _percentile_problems(document: Document, path: KeyPath, namespace: Namespace) -> Iterator[Problem]:
    for metric, percentiles in namespace.percentiles.items():
        place: KeyPath = (*path, "percentiles", metric)
        if namespace.names and metric not in namespace.names:
            what = f"percentiles of `{metric}`, which is not among the `names:` that are streamed"
            yield Problem(what, document.at_key(place), "add it to `names:`", "percentile")
        if not percentiles:
            yield Problem(f"`{metric}` names no percentile", document.at_key(place), "such as [p50, p99]", "percentile")
        for index, percentile in enumerate(percentiles):
            if not _PERCENTILE.fullmatch(percentile):
                what = f"`{percentile}` cannot be streamed: OpenTelemetry carries percentiles only"
                yield Problem(
                    what, document.at((*place, index)), "write p0 to p100, such as p99 or p99.9", "percentile"
                )
