"""What counts as a difference between two dashboards."""

import copy
from pathlib import Path
from typing import Any

import pytest

from watchkeeper.dashboards.codec import encode_dashboard
from watchkeeper.dashboards.load import load_dashboards
from watchkeeper.dashboards.normalise import normalise_dashboard
from watchkeeper.monitors.load import load_monitors
from watchkeeper.project.load import load_project


@pytest.fixture
def body(root: Path) -> dict[str, Any]:
    project = load_project(root)
    environment = project.environment("prod")
    return encode_dashboard(load_dashboards(project, environment, load_monitors(project, environment))[0])


def as_answered(body: dict[str, Any]) -> dict[str, Any]:
    """A dashboard as Datadog gives it back."""
    answer = copy.deepcopy(body)
    for number, widget in enumerate(answer["widgets"]):
        widget["id"] = number
        for chart in widget["definition"]["widgets"]:
            chart["id"] = number * 10
            chart["definition"] |= {"legend_layout": "auto", "title_size": "16", "title_align": "left", "time": {}}
    return answer | {"id": "abc-def-ghj", "author_handle": "a", "url": "/dashboard/abc", "restricted_roles": []}


def test_ids_authors_and_spelled_out_defaults_are_no_difference(body: dict[str, Any]) -> None:
    """Datadog adds them at every write."""
    assert normalise_dashboard(as_answered(body)) == normalise_dashboard(body)


def test_the_order_of_conditional_formats_is_no_difference() -> None:
    """Datadog gives them back in any order."""
    formats = [{"comparator": ">", "value": 1, "palette": "red"}, {"comparator": "<", "value": 1, "palette": "green"}]
    one, other = (
        {"widgets": [{"definition": {"title": "t", "requests": [{"conditional_formats": each}]}}]}
        for each in (formats, formats[::-1])
    )

    assert normalise_dashboard(one) == normalise_dashboard(other)


def test_a_changed_query_is_a_difference_of_its_chart_alone(body: dict[str, Any]) -> None:
    """So that the plan can say which chart."""
    changed = as_answered(body)
    chart = changed["widgets"][0]["definition"]["widgets"][0]["definition"]
    chart["requests"][0]["queries"][0]["query"] = "avg:system.load.1{*}"
    before, after = normalise_dashboard(body), normalise_dashboard(changed)

    assert [key for key in before if before[key] != after[key]] == ["Edge: what users meet / Requests"]
