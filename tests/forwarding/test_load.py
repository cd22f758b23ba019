"""What platform/forwarding.yaml may say."""

import pytest

from tests.conftest import ROOT
from watchkeeper.errors import ConfigError
from watchkeeper.forwarding.load import FILE, build_forwarding, load_forwarding
from watchkeeper.forwarding.model import CANARY_NAMESPACE, ForwardingFile
from watchkeeper.project.load import load_project
from watchkeeper.project.source import parse_document

_HEAD = "metrics:\n  namespaces:\n"


def build(text: str) -> ForwardingFile:
    return build_forwarding(parse_document(text, FILE), {"local": "0" * 12, "dev": "3" * 12, "prod": "3" * 12})


def test_this_repository_streams_the_namespace_of_the_canary() -> None:
    """Otherwise `forwarding canary` could prove nothing."""
    declared = load_forwarding(load_project(ROOT))

    assert declared.metrics.carries(CANARY_NAMESPACE, "Heartbeat")


def test_an_empty_file_says_what_no_file_says() -> None:
    """Every key has a default."""
    assert build("") == ForwardingFile()


def test_named_metrics_are_carried_and_others_are_not() -> None:
    """`names:` chooses; without it a namespace is carried whole."""
    metrics = build(_HEAD + "    AWS/ECS: {names: [CPUUtilization]}\n    AWS/RDS: {}\n").metrics

    assert metrics.carries("AWS/ECS", "CPUUtilization")
    assert not metrics.carries("AWS/ECS", "MemoryUtilization")
    assert metrics.carries("AWS/RDS", "anything")
    assert not metrics.carries("AWS/Kafka", "anything")


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        ("metrics: {namespaces: {}}", "no-namespace", "no namespace is streamed"),
        (_HEAD + "    AWS/ApplicationElb: {}", "namespace", "write `AWS/ApplicationELB`"),
        (_HEAD + "    AWS ECS: {}", "namespace", "cannot be a CloudWatch namespace"),
        (_HEAD + "    AWS/Billing: {}", "too-late-to-stream", "two hours late"),
        (_HEAD + "    AWS/S3: {names: [BucketSizeBytes]}", "too-late-to-stream", "two hours late"),
        (_HEAD + "    AWS/ECS: {names: ['CPU*']}", "metric-name", "know no patterns"),
        (_HEAD + "    AWS/ECS: {names: [A, A]}", "metric-name", "named twice"),
        (_HEAD + "    AWS/ECS: {percentiles: {A: [p101]}}", "percentile", "p0 to p100"),
        (_HEAD + "    AWS/ECS: {percentiles: {A: [tm99]}}", "percentile", "OpenTelemetry carries percentiles only"),
        (_HEAD + "    AWS/ECS: {percentiles: {A: []}}", "percentile", "names no percentile"),
        (_HEAD + "    AWS/ECS: {names: [B], percentiles: {A: [p99]}}", "percentile", "not among the `names:`"),
        ("metrics: {retry_s: 7201}", "wrong-value", "retry_s"),
        ("metrics: {buffer: 4}", "unknown-key", "buffer"),
        ("integration: {role: a b}", "role", "cannot name a role"),
        ("integration: {external_ids: {prd: 0123456789abcdef0123456789abcdef}}", "unknown-environment", "`prod`"),
        ("integration: {external_ids: {prod: invented}}", "external-id", "Datadog issues it"),
        ("integration: {tags: [Team]}", "tag", "name:value"),
        (
            _HEAD + "    Own/App: {names: [" + ", ".join(f"M{number}" for number in range(1000)) + "]}",
            "stream-filters",
            "filters hold 1000",
        ),
    ],
    ids=[
        "no namespace", "other case", "no namespace's name", "billing", "bucket sizes", "a pattern", "a name twice",
        "beyond 100", "a trimmed mean", "no percentile", "a name that is not streamed", "retried too long",
        "an unknown key", "a role's name", "an unknown environment", "an invented external id", "a tag",
        "too many filters",
    ],
)  # fmt: skip
def test_what_aws_would_refuse_or_silently_leave_out_is_named(text: str, rule: str, words: str) -> None:
    """Each with its place and its mend."""
    with pytest.raises(ConfigError) as caught:
        build(text)

    (found,) = caught.value.problems
    assert found.rule == rule
    assert words in f"{found.what}; {found.fix}"
    assert found.where is not None
    assert found.where.file == FILE


def test_every_problem_of_the_file_is_told_at_once() -> None:
    """Nobody mends one to see the next."""
    text = _HEAD + "    AWS/ecs: {}\n    AWS/Billing: {}\n    AWS/RDS: {names: ['*'], percentiles: {X: [q]}}\n"

    with pytest.raises(ConfigError) as caught:
        build(text)

    assert [problem.where.line for problem in caught.value.problems if problem.where] == [3, 4, 5, 5, 5]


def test_one_account_has_one_role_whatever_stands_in_it() -> None:
    """A second stack would bring a role of the same name, and fail."""
    text = f"integration: {{external_ids: {{dev: {'a' * 32}, local: {'b' * 32}, prod: {'a' * 32}}}}}\n"
    with pytest.raises(ConfigError) as caught:
        build(text)

    (found,) = caught.value.problems
    assert found.what == "`dev` and `prod` are in one account, which has one integration and one role"
