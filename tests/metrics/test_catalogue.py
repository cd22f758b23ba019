"""The metric catalogue."""

import csv
from pathlib import Path

import pytest

from watchkeeper.errors import ConfigError
from watchkeeper.metrics.catalogue import KINDS, MetricFacts, extended, load_catalogue, shipped_catalogue
from watchkeeper.project.source import parse_document

AGGREGATORS = {"avg", "sum", "min", "max"}


def test_every_row_of_the_shipped_tables_is_sound() -> None:
    """Known kinds, ranges in order, known aggregators that do not contradict each other."""
    catalogue = shipped_catalogue()

    assert len(catalogue.metrics) > 400
    for facts in catalogue.metrics.values():
        assert facts.kind in KINDS, facts
        assert facts.good in (None, "low", "high"), facts
        assert _in_order(facts.low, facts.likely_low, facts.likely_high), facts
        assert _in_order(facts.low, facts.high), facts
        assert {*facts.sensible, *facts.avoid} <= AGGREGATORS, facts
        assert not set(facts.sensible) & set(facts.avoid), facts
        assert facts.means, facts


def test_every_family_says_where_it_comes_from_and_when_it_was_read() -> None:
    """ALB, ECS, Fargate, Aurora, MSK, NAT, Firehose, agent."""
    families = shipped_catalogue().families

    assert {family.prefix for family in families} >= {
        "aws.applicationelb.",
        "aws.ecs.",
        "ecs.fargate.",
        "aws.rds.",
        "aws.kafka.",
        "aws.natgateway.",
        "aws.firehose.",
        "system.",
    }
    assert all(family.source and family.tags and family.read.startswith("2026-") for family in families)


def test_the_units_that_people_confuse_are_right() -> None:
    """Milliseconds and seconds side by side, and a capacity that is no percentage."""
    units = {
        name: _facts(name).unit for name in ("commit_latency", "read_latency", "aurora_replica_lag", "replica_lag")
    }

    assert units == {
        "commit_latency": "millisecond",
        "read_latency": "second",
        "aurora_replica_lag": "millisecond",
        "replica_lag": "second",
    }
    assert _facts("serverless_database_capacity").unit != "percent"


def test_the_sum_of_a_minute_has_no_upper_bound() -> None:
    """A statistic of its own with its own range."""
    catalogue = shipped_catalogue()

    assert catalogue.metrics["aws.kafka.active_controller_count"].high == 1
    assert catalogue.metrics["ecs.containerinsights.cpu_utilized.sum"].high is None


@pytest.mark.corpus
def test_kinds_agree_with_datadogs_own_lists(corpus: Path) -> None:
    """Every metric of Datadog's lists for these families is known, with the same kind."""
    catalogue = shipped_catalogue()
    wrong = {}
    for file in ("aws_cloudwatch_metrics.csv", "core__ecs_fargate.csv"):
        for row in csv.DictReader((corpus / "datadog" / "metadata" / file).read_text().splitlines()):
            facts = catalogue.get(row["metric_name"])
            kind = row["metric_type"].partition("(")[0]
            if facts is None or facts.kind != kind:
                wrong[row["metric_name"]] = (kind, facts.kind if facts else None)

    assert wrong == {}


def test_a_projects_own_metrics_are_added_and_win(tmp_path: Path) -> None:
    """From metrics.yaml."""
    (tmp_path / "metrics.yaml").write_text(
        "metrics:\n"
        "  - {name: checkout.orders, kind: count, unit: order, low: 0, tags: [env]}\n"
        "  - {name: aws.rds.cpuutilization, kind: gauge, unit: percent, low: 0, high: 50}\n"
    )
    catalogue = load_catalogue(tmp_path)

    assert catalogue.metrics["checkout.orders"].unit == "order"
    assert catalogue.metrics["aws.rds.cpuutilization"].high == 50


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("metrics:\n  - {name: a, kind: counter}\n", "metrics.yaml:2:21"),
        ("metrics:\n  - {name: a, kind: count, units: ms}\n", "metrics.yaml:2:28"),
        ("metrics:\n  - {name: a, kind: count}\n  - {name: a, kind: count}\n", "metrics.yaml:3:12"),
    ],
    ids=["wrong kind", "unknown key", "declared twice"],
)
def test_a_slip_in_it_is_named_with_its_place(text: str, place: str) -> None:
    """As everywhere."""
    with pytest.raises(ConfigError) as raised:
        extended(shipped_catalogue(), parse_document(text, "metrics.yaml"))

    assert [str(problem.where) for problem in raised.value.problems] == [place]


def _facts(name: str) -> MetricFacts:
    return shipped_catalogue().metrics[f"aws.rds.{name}"]


def _in_order(*bounds: float | None) -> bool:
    known = [bound for bound in bounds if bound is not None]
    return known == sorted(known)
