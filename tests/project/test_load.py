"""`watchkeeper.yaml`."""

from pathlib import Path

import pytest

from watchkeeper.errors import ConfigError
from watchkeeper.project.load import build_project, load_project
from watchkeeper.project.source import parse_document

GOOD = """\
project: lighthouse
datadog: {site: datadoghq.eu}
teams:
  checkout: {name: Checkout}
services:
  api: {team: checkout, image: app:1, listener: {priority: 1}}
  web: {team: checkout, image: app:1, listener: {priority: 2, paths: ["/web/*"]}, cpu: 256, memory_mib: 512}
profiles:
  small: {network: {cidr: 10.0.0.0/16, nat: single}, database: {max_acu: 4}}
environments:
  local: {profile: small, account: "000000000000", region: eu-west-1, zones: [eu-west-1a, eu-west-1b, eu-west-1c]}
  prod:
    profile: small
    account: "333333333333"
    region: eu-west-1
    zones: [eu-west-1a, eu-west-1b, eu-west-1c]
    network: {nat: per_zone}
    services: {api: {cpu: 1024, memory_mib: 2048}}
"""


def problems(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(ConfigError) as caught:
        build_project(parse_document(text, "watchkeeper.yaml"), Path())
    return [(found.where.line if found.where else 0, found.what, found.fix) for found in caught.value.problems]


def test_an_environment_is_its_profile_with_its_own_values_on_top() -> None:
    """Values merge key by key: what the environment does not say comes from the profile."""
    project = build_project(parse_document(GOOD, "watchkeeper.yaml"), Path())

    prod = project.environment("prod")
    assert (prod.network.cidr, prod.network.nat, prod.database.max_acu) == ("10.0.0.0/16", "per_zone", 4)
    assert [service.id for service in prod.services] == ["api", "web"]
    assert (prod.service("api").cpu, project.environment("local").service("api").cpu) == (1024, 512)


def test_the_project_of_this_repository_loads(root: Path) -> None:
    """Four environments, two services each."""
    project = load_project(root)

    assert {name: len(env.services) for name, env in project.environments.items()} == {
        "local": 2,
        "dev": 2,
        "stage": 2,
        "prod": 2,
    }


def test_all_problems_are_reported_at_once_with_their_places() -> None:
    """Unknown keys, wrong types, missing values and missing references come in one list, with hints."""
    text = GOOD.replace(
        "team: checkout, image: app:1, listener: {priority: 1}", "team: chekout, image: app:1, listner: {}"
    )
    text = text.replace("max_acu: 4", 'max_acu: "4"').replace("datadoghq.eu", "datadog.eu")

    found = problems(text)

    assert found == [
        (2, "`site` cannot be `datadog.eu` in watchkeeper.yaml", "did you mean `datadoghq.eu` or `datadoghq.com`?"),
    ]
    assert problems(text.replace("datadog.eu", "datadoghq.eu")) == [
        (6, "`listener` is missing in service `api`", "add `listener:`"),
        (6, "unknown key `listner` in service `api`", "did you mean `listener`?"),
        (6, "unknown key `listner` in service `api` in `prod`", "did you mean `listener`?"),
        (9, "`max_acu` in environment `local`: must be a number, not `4`", "write a number without quotes"),
        (9, "`max_acu` in environment `prod`: must be a number, not `4`", "write a number without quotes"),
        (18, "`listener` is missing in service `api` in `prod`", "add `listener:`"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "line", "what"),
    [
        ("api: {team: checkout", "api: {team: chekout", 6, "service `api`: unknown team `chekout`"),
        ("priority: 2", "priority: 1", 7, "service `web`: listener priority 1 is taken by `api`"),
        ("memory_mib: 512", "memory_mib: 4096", 7, "service `web`: Fargate has no task of 256 CPU units and 4096 MiB"),
        ("10.0.0.0/16", "10.0.0.1/16", 9, "environment `local`: not an IPv4 network: 10.0.0.1/16 has host bits set"),
        ("10.0.0.0/16", "10.0.0.0/26", 9, "environment `local`: /26 does not hold the seven subnets"),
        ("max_acu: 4", "max_acu: 4, min_acu: 5", 9, "environment `local`: min_acu 5 is larger than max_acu 4"),
        ("local: {profile: small", "local: {profile: smal", 11, "environment `local` names the unknown profile `smal`"),
        ('"000000000000"', '"123"', 11, "environment `local`: `123` is not an AWS account"),
        ("services: {api:", "services: {apy:", 18, "environment `prod` overrides the unknown service `apy`"),
        ("  local:", "  locl:", 10, "there is no environment `local`"),
        ("priority: 2", "priority: two", 7, "`priority` in service `web`: must be a whole number, not `two`"),
        ("project: lighthouse", "project: Light House", 1, "`Light House` cannot name a project"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "",
)  # fmt: skip
def test_what_types_alone_cannot_say_is_checked_too(before: str, after: str, line: int, what: str) -> None:
    """References, sizes, ranges and names."""
    assert before in GOOD

    assert (line, what) in [(found[0], found[1]) for found in problems(GOOD.replace(before, after, 1))]


def test_a_folder_without_a_project_says_how_to_start() -> None:
    """The command names the file it looked for."""
    with pytest.raises(Exception, match=r"there is no watchkeeper\.yaml in /nowhere"):
        load_project(Path("/nowhere"))


@pytest.mark.parametrize(
    ("value", "what", "fix"),
    [
        ("{api: 5}", "`api` must be a mapping of settings, or `false` where it does not run", ""),
        ("{api: []}", "`api` must be a mapping of settings, or `false` where it does not run", ""),
        ("[api]", "`services` must be a mapping", ""),
    ],
)
def test_what_an_environment_says_of_a_service_is_a_mapping(value: str, what: str, fix: str) -> None:
    """Or `false`; anything else has its place named."""
    found = problems(GOOD.replace("services: {api: {cpu: 1024, memory_mib: 2048}}", f"services: {value}"))

    assert found == [(18, what, fix)]


@pytest.mark.parametrize(
    ("value", "what", "fix"),
    [
        ("{a: false}", "`a` must be a mapping", "`needed: false` takes a flow out"),
        ("5", "`flows` must be a mapping", ""),
    ],
)
def test_what_an_environment_says_of_a_flow_is_a_mapping(value: str, what: str, fix: str) -> None:
    """A flow that somebody meant to take out is never kept in silence."""
    assert problems(f"{GOOD}    flows: {value}\n") == [(19, what, fix)]


def test_a_profile_is_named_by_a_text() -> None:
    """Settings that stand where its name belongs are no crash."""
    ((line, what, _),) = problems(GOOD.replace("prod:\n    profile: small", "prod:\n    profile: {nat: single}"))

    assert (line, what) == (13, "environment `prod` names the unknown profile `{'nat': 'single'}`")
