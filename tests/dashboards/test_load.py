"""Dashboards as they are declared."""

import shutil
from pathlib import Path

import pytest

from watchkeeper.dashboards.codec import encode_dashboard
from watchkeeper.dashboards.layout import group_boxes, widget_boxes
from watchkeeper.dashboards.load import load_dashboards
from watchkeeper.dashboards.model import Dashboard
from watchkeeper.errors import ConfigError
from watchkeeper.monitors.load import load_monitors
from watchkeeper.project.load import load_project


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    for name in ("monitors", "dashboards"):
        shutil.copytree(root / name, tmp_path / name)
    return tmp_path


def load(project: Path, env: str = "prod") -> list[Dashboard]:
    found = load_project(project)
    environment = found.environment(env)
    return load_dashboards(found, environment, load_monitors(found, environment))


def edit(project: Path, before: str, after: str) -> None:
    path = project / "dashboards" / "service.yaml"
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after, 1))


def test_every_service_has_a_first_dashboard_with_a_group_a_layer(project: Path) -> None:
    """Edge, application, database, pipe: the order in which a request meets them."""
    found = load(project)

    assert [each.identity.short for each in found] == ["api/first", "reports/first"]
    assert [group.title.partition(":")[0] for group in found[0].groups] == ["Edge", "Application", "Database", "Pipe"]


def test_the_threshold_on_a_chart_is_the_monitors(project: Path) -> None:
    """Never a copied number: the service's own threshold, from watchkeeper.yaml through the monitor."""
    api, reports = load(project)

    markers = [
        encode_dashboard(each)["widgets"][0]["definition"]["widgets"][1]["definition"]["markers"]
        for each in (api, reports)
    ]
    assert markers == [
        [{"value": "y > 0.05", "display_type": "error dashed", "label": "edge-5xx"}],
        [{"value": "y > 0.1", "display_type": "error dashed", "label": "edge-5xx"}],
    ]


def test_charts_fill_twelve_columns_and_are_never_narrower_than_four() -> None:
    """Three a row; a last row of one or two is stretched; groups stand below each other."""
    assert [(box.x, box.y, box.width) for box in widget_boxes(5)] == [
        (0, 0, 4),
        (4, 0, 4),
        (8, 0, 4),
        (0, 3, 6),
        (6, 3, 6),
    ]
    assert [(box.y, box.height) for box in group_boxes([3, 4])] == [(0, 4), (4, 7)]


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("monitor: edge-5xx", "monitor: edge-5x", "did you mean `edge-5xx`"),
        ("display: bars", "display: barz", "did you mean `bars`"),
        ("unit: per minute", "unti: per minute", "did you mean `unit`"),
        ("monitor: edge-5xx", "monitor: edge-elb-5xx", "sums over 300 s"),
        ("sum:aws.applicationelb.request_count{", "sum:aws.applicationelb.request_count((", "query:"),
        ("- id: first", "- id: First!", "cannot be the id"),
    ],
)
def test_a_wrong_dashboard_is_told_with_its_place(project: Path, before: str, after: str, text: str) -> None:
    """File, line, what is wrong and how to mend it."""
    edit(project, before, after)

    with pytest.raises(ConfigError) as wrong:
        load(project)

    told = [f"{problem.where}: {problem.what} {problem.fix}" for problem in wrong.value.problems]
    assert any(text in each and each.startswith("dashboards/service.yaml:") for each in told), told
