"""`logs:` of platform/forwarding.yaml."""

import pytest

from watchkeeper.errors import ConfigError, Problem
from watchkeeper.forwarding.load import build_forwarding
from watchkeeper.forwarding.model import ApplicationLogs, ForwardingFile, GroupLogs
from watchkeeper.project.source import parse_document


def load(text: str) -> ForwardingFile:
    return build_forwarding(parse_document(text, "platform/forwarding.yaml"), {"prod": "3" * 12}, ["api", "reports"])


def problems(text: str) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        load(text)
    return list(caught.value.problems)


def test_without_the_section_only_the_application_is_forwarded() -> None:
    """Its router stands beside every task anyway; each layer of AWS is a choice, because it is charged."""
    logs = load("").logs

    assert logs.application == ApplicationLogs()
    assert logs.groups == {}
    assert not logs.uses_firehose


def test_a_layer_that_is_named_is_forwarded() -> None:
    """With the usual tags and every line, until the file says otherwise."""
    logs = load("logs: {database: {}, flow: {pattern: REJECT, service: network, tags: ['cost:low']}}").logs

    assert logs.groups == {
        "database": GroupLogs(),
        "flow": GroupLogs(pattern="REJECT", service="network", tags=("cost:low",)),
    }
    assert logs.uses_firehose


def test_access_logs_take_the_forwarder_unless_the_file_says_firehose() -> None:
    """The forwarder is the way whose parsing is proven."""
    forwarder, firehose = (load(f"logs: {{load_balancer: {text}}}").logs for text in ("{}", "{by: firehose}"))

    assert forwarder.load_balancer is not None
    assert (forwarder.load_balancer.by, forwarder.uses_firehose) == ("forwarder", False)
    assert firehose.uses_firehose


def test_one_source_holds_for_every_service_that_names_no_other() -> None:
    """Without any the service's own name is the source."""
    logs = load("logs: {application: {source: go, sources: {reports: python}}}").logs

    assert [logs.application.source_of(name) for name in ("api", "reports")] == ["go", "python"]
    assert load("").logs.application.source_of("api") == "api"


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ("logs:\n  application:\n    source: Go!", "`Go!` is no name", 3),
        ("logs:\n  application:\n    sources: {apj: go}", "there is no service `apj`", 3),
        ("logs:\n  application:\n    sources: {api: Go!}", "`Go!` is no name", 3),
        ("logs:\n  database:\n    tags: [Cost]", "`Cost` is no tag", 3),
        ("logs:\n  database:\n    tags: ['env:prod']", "stands beside the tag that every log has", 3),
        ("logs:\n  load_balancer:\n    service: Edge!", "`Edge!` is no name", 3),
        (f"logs:\n  flow:\n    pattern: {'x' * 1025}", "the pattern has 1025 characters", 3),
    ],
)
def test_each_fault_is_told_with_its_place_and_its_mend(text: str, what: str, line: int) -> None:
    """All of a file at once."""
    (found,) = problems(text)

    assert what in found.what
    assert found.where is not None
    assert found.where.line == line
    assert found.fix


def test_an_unknown_key_and_an_unknown_way_are_refused() -> None:
    """A misspelt layer would keep its logs in AWS, unnoticed."""
    (key,) = problems("logs: {databse: {}}")
    (way,) = problems("logs: {load_balancer: {by: lambda}}")

    assert "databse" in key.what
    assert "forwarder" in f"{way.what} {way.fix}"
