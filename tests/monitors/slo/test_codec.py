"""Objectives to Datadog's JSON and back: what the server adds and changes is no difference."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.monitors.slo.test_load import FIRST, load
from watchkeeper.monitors.slo.codec import encode_slo, identify_slo, normalise_slo
from watchkeeper.monitors.slo.model import SLO
from watchkeeper.project.identity import Ref


@pytest.fixture
def slo(root: Path, tmp_path: Path) -> SLO:
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    (tmp_path / "monitors").mkdir()
    (found,) = load(tmp_path, FIRST).slos
    return found


def test_an_objective_carries_its_identity_in_its_tags(slo: SLO) -> None:
    """As monitors do; also whose it is, and its own tags."""
    body = encode_slo(slo)

    assert identify_slo(body) == slo.identity
    assert {"env:prod", "service:api", "team:checkout", "tier:1", "managed_by:watchkeeper"} < set(body["tags"])


def test_a_declared_member_is_a_reference_until_it_has_a_number(root: Path, tmp_path: Path) -> None:
    """The reconcile engine fills it in."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    (tmp_path / "monitors").mkdir()
    monitors = "monitors: [{id: up, name: up, type: query alert, query: q, message: m, urgency: notify}]\n"
    text = "slos: [{id: a, name: a, type: monitor, monitor_ids: [up, 12], thresholds: [{timeframe: 7d, target: 99}]}]\n"
    loaded = load(tmp_path, text, others=monitors)

    assert encode_slo(loaded.slos[0])["monitor_ids"] == [Ref("monitor", loaded.monitors[0].identity), 12]


@pytest.mark.parametrize(
    "change",
    [
        {"tags": ["tier:1", "SERVICE:api", "env:prod", "env:prod"]},
        {"type_id": 1, "monitor_tags": [], "creator": {"handle": "x"}, "created_at": 1, "modified_at": 2},
        {"timeframe": "7d", "target_threshold": 95.0, "warning_threshold": 98},
        {"thresholds": [{"timeframe": "7d", "target": 95.0, "target_display": "95.", "warning": 98.0}]},
        {"description": None, "groups": None, "monitor_ids": []},
        {"query": {"numerator": " sum:a{*}.as_count()\n", "denominator": "sum:b{*}.as_count()"}},
        {"some_new_field": True},
    ],
    ids=["tags", "server", "primary", "displays", "empty", "blanks", "new"],
)
def test_what_the_server_makes_of_an_objective_is_no_difference(change: dict[str, Any]) -> None:
    """Source: recorded answers of POST and PUT /api/v1/slo."""
    body = {
        "name": "a",
        "type": "metric",
        "tags": ["env:prod", "service:api", "tier:1"],
        "thresholds": [{"timeframe": "7d", "target": 95, "warning": 98}],
        "query": {"numerator": "sum:a{*}.as_count()", "denominator": "sum:b{*}.as_count()"},
    }

    assert normalise_slo({**body, **change}) == normalise_slo(body)


def test_the_query_that_the_server_writes_beside_a_specification_is_no_difference() -> None:
    """Source: recorded answer to an objective that was made with `sli_specification`."""
    specification = {"count": {"good_events_formula": {"formula": "query1"}, "queries": [{"name": "query1"}]}}
    sent = {"name": "a", "type": "metric", "thresholds": [], "sli_specification": specification}

    assert normalise_slo({**sent, "query": {"numerator": "x", "denominator": "y"}}) == normalise_slo(sent)


def test_another_target_is_a_difference_of_its_time_frame() -> None:
    """Named so that people see which."""
    body = {"name": "a", "type": "metric", "thresholds": [{"timeframe": "7d", "target": 95}]}
    other = {**body, "thresholds": [{"timeframe": "7d", "target": 99}]}

    before, after = normalise_slo(body), normalise_slo(other)

    before, after = normalise_slo(body), normalise_slo(other)

    assert {name for name, value in after.items() if before[name] != value} == {"thresholds.7d.target"}
