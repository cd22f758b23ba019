"""Settings that would fail in AWS are refused before anything is synthesized, at their place and with the mend."""

from pathlib import Path

import pytest

from watchkeeper.errors import ConfigError, Problem
from watchkeeper.project.checks import claims
from watchkeeper.project.load import build_project
from watchkeeper.project.source import parse_document

GOOD = """\
project: lighthouse
datadog: {site: datadoghq.eu}
teams:
  checkout: {name: Checkout}
services:
  api: {team: checkout, image: app:1, listener: {priority: 1}}
  web: {team: checkout, image: app:1, listener: {priority: 2, paths: ["/web/*"]}, cpu: 256, memory_mib: 512}
environments:
  local:
    account: "000000000000"
    region: eu-west-1
    zones: [eu-west-1a, eu-west-1b, eu-west-1c]
    network: {cidr: 10.0.0.0/16}
  dev:
    account: "111111111111"
    region: eu-west-1
    zones: [eu-west-1a, eu-west-1b, eu-west-1c]
    network: {cidr: 10.1.0.0/16}
  prod:
    account: "333333333333"
    region: eu-west-1
    zones: [eu-west-1a, eu-west-1b, eu-west-1c]
    network: {cidr: 10.3.0.0/16}
"""
ARN = "arn:aws:acm:eu-west-1:333333333333:certificate/6f1c9a52-3b0e-4d7f-9a43-0c5de1f7b218"
PROD = "    network: {cidr: 10.3.0.0/16}\n"
ZONES = "    zones: [eu-west-1a, eu-west-1b, eu-west-1c]\n"
API = "image: app:1, listener: {priority: 1}"


def problems(text: str) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        build_project(parse_document(text, "watchkeeper.yaml"), Path())
    return list(caught.value.problems)


def edited(before: str, after: str) -> str:
    assert before in GOOD
    return GOOD.replace(before, after, 1)


@pytest.mark.parametrize(
    ("before", "after", "line", "rule"),
    [
        ("cidr: 10.3.0.0/16", "cidr: 10.1.128.0/17", 23, "cidr-overlap"),
        (ZONES + PROD, "    zones: [eu-west-1a, eu-west-1b]\n" + PROD, 22, "zones"),
        (ZONES + PROD, ZONES.replace("1c]", "1c, eu-west-1d]") + PROD, 22, "zones"),
        (ZONES + PROD, ZONES.replace("1c]", "1b]") + PROD, 22, "zones"),
        (ZONES + PROD, ZONES.replace("eu-west-1c", "eu-west-2c") + PROD, 22, "zones"),
        (PROD, PROD.replace("}", ", application_zones: 4}"), 23, "wrong-value"),
        (PROD, "    network: {cidr: 10.3.0.0/24}\n", 23, "cidr"),
        (PROD, "    network: {cidr: 10.3.0.7/16}\n", 23, "cidr"),
        (PROD, "    network: {cidr: 52.0.0.0/16}\n", 23, "cidr"),
        ('"333333333333"', '"333"', 20, "account"),
        (PROD, "    network: {cidr: 10.3.0.0/16, endpoints: [s3]}\n", 23, "endpoints"),
        (PROD, PROD + "    database: {min_acu: 9, max_acu: 8}\n", 24, "min-over-max"),
        (PROD, PROD + "    database: {min_acu: 0.7}\n", 24, "acu-step"),
        (PROD, PROD + "    edge: {domain: app.example.com}\n", 24, "certificate"),
        (PROD, PROD + "    edge: {hosted_zone: Z0123456789}\n", 24, "certificate"),
        (PROD, PROD + "    edge: {certificate: arn}\n", 24, "certificate"),
        (PROD, PROD + '    edge: {certificate: "' + ARN.replace("eu-west-1", "us-east-1") + '"}\n', 24, "certificate"),
        (PROD, PROD + "    log_retention_days: 45\n", 24, "log-retention"),
        (PROD, PROD + "    services: {api: {execute_command: true}}\n", 24, "ecs-exec"),
        (PROD, PROD + "    every_service: {user: root}\n", 24, "root-user"),
        ('paths: ["/web/*"]', "paths: []", 7, "same-requests"),
        ("priority: 2", "priority: 1", 7, "duplicate-priority"),
        ("memory_mib: 512", "memory_mib: 700", 7, "fargate-size"),
        (API, API + ", health_check: {interval_s: 5, timeout_s: 5}", 6, "health-check"),
        (API, API + ", ports: {http: 80, grpc: 80}", 6, "grpc"),
        (API, API + ", ports: {grpc: 9000}", 6, "certificate"),
        (API, API + ", secrets: {KEY: name}", 6, "secret"),
    ],
    ids=lambda value: value if isinstance(value, str) and "-" in value and len(value) < 20 else "",
)  # fmt: skip
def test_what_would_fail_in_aws_is_refused_at_its_line(before: str, after: str, line: int, rule: str) -> None:
    """Every problem names file, line and mend."""
    found = [problem for problem in problems(edited(before, after)) if problem.rule == rule]

    assert [problem.where.line for problem in found if problem.where][:1] == [line]
    assert all(problem.fix for problem in found)


def test_the_sandbox_may_use_a_range_of_another_environment() -> None:
    """It is never peered with anything."""
    project = build_project(parse_document(edited("10.0.0.0/16", "10.3.0.0/16"), "watchkeeper.yaml"), Path())

    assert project.environment("local").network.cidr == "10.3.0.0/16"


def test_grpc_needs_a_certificate_or_stays_inside() -> None:
    """A load balancer serves gRPC over TLS only; the message offers both ways out."""
    text = edited(API, API + ", ports: {grpc: 9000}")

    assert {problem.what.split("`")[3] for problem in problems(text)} == {"local", "dev", "prod"}
    inside = text.replace("ports: {grpc: 9000}", "ports: {grpc: 9000}, grpc: internal")
    project = build_project(parse_document(inside, "watchkeeper.yaml"), Path())
    assert project.environment("prod").service("api").internal_grpc == 9000
    served = inside.replace(PROD, PROD + f'    edge: {{certificate: "{ARN}"}}\n    every_service: {{grpc: edge}}\n')
    project = build_project(parse_document(served, "watchkeeper.yaml"), Path())
    assert project.environment("prod").service("api").edge_grpc == 9000


def test_two_services_may_share_a_path_on_different_hosts() -> None:
    """What a service takes is listener, host and path together; hosts are compared without regard to case."""
    text = edited('paths: ["/web/*"]', "hosts: [Web.example.com]")

    project = build_project(parse_document(text, "watchkeeper.yaml"), Path())
    assert list(claims(project.environment("prod").service("web"))) == [("HTTP", "web.example.com", "*")]


def test_what_an_environment_says_of_one_service_wins_over_what_it_says_of_all() -> None:
    """`every_service` lies between the service's own block and the environment's word on that service."""
    text = edited(PROD, PROD + "    every_service: {cpu: 1024, memory_mib: 2048}\n    services: {web: {cpu: 512}}\n")

    prod = build_project(parse_document(text, "watchkeeper.yaml"), Path()).environment("prod")
    assert [(each.cpu, each.memory_mib) for each in prod.services] == [(1024, 2048), (512, 2048)]
