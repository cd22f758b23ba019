"""Dashboards as they are declared."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from watchkeeper.dashboards.codec import encode_dashboard
from watchkeeper.dashboards.layout import group_boxes, widget_boxes
from watchkeeper.dashboards.load import load_dashboards
from watchkeeper.dashboards.model import Dashboard
from watchkeeper.errors import ConfigError
from watchkeeper.monitors.load import load_monitors
from watchkeeper.monitors.model import MonitorType
from watchkeeper.project.load import load_project

REQUESTS = "sum:aws.applicationelb.request_count{env:<< env.name >>,service:<< service.id >>}.as_count()"


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


@pytest.mark.parametrize(
    "query",
    [
        "anomalies(avg:aws.ecs.service.cpuutilization{*}, 'agile', 2)",
        "outliers(avg:aws.ecs.service.cpuutilization{*} by {service}, 'DBSCAN', 3)",
        "forecast(avg:aws.ecs.service.cpuutilization{*}, 'linear', 1)",
        "autosmooth(avg:aws.ecs.service.cpuutilization{*})",
        "cutoff_min(avg:aws.ecs.service.cpuutilization{*}, 5) + anomalies(avg:aws.ecs.service.running{*}, 'basic', 2)",
    ],
)
def test_a_chart_may_show_what_is_not_computed_offline(project: Path, query: str) -> None:
    """Datadog draws it; only what Datadog could not read is refused."""
    edit(project, REQUESTS, query)

    assert load(project)[0].groups[0].widgets[0].queries[0].query == query


@pytest.mark.parametrize(
    ("kind", "query", "told"),
    [
        ("query alert", "avg(last_4h):anomalies(avg:system.load.1{*}, 'basic', 2) >= 0.5", "means nothing on a chart"),
        ("query alert", "avg(last_5m):outliers(avg:a{*} by {host}, 'DBSCAN', 3) > 0", "means nothing on a chart"),
        ("query alert", "change(avg(last_5m),last_1h):avg:system.load.1{*} > 3", "means nothing on a chart"),
        ("log alert", 'logs("x").index("*").rollup("count").last("5m") > 3', "means nothing on a chart"),
        ("composite", "1234 && 5678", "means nothing on a chart"),
        ("query alert", "avg(last_5m):avg:system.load.1{* > 3", "the query of monitor `edge-5xx` cannot be read"),
    ],
)
def test_a_monitor_without_a_line_on_a_chart_is_told(project: Path, kind: MonitorType, query: str, told: str) -> None:
    """Its threshold is a share, a difference or no number at all."""
    loaded = load_project(project)
    environment = loaded.environment("prod")
    monitors = [
        replace(each, type=kind, query=query) if each.identity.id == "edge-5xx" else each
        for each in load_monitors(loaded, environment)
    ]

    with pytest.raises(ConfigError) as wrong:
        load_dashboards(loaded, environment, monitors)

    assert {problem.where.file for problem in wrong.value.problems if problem.where} == {"dashboards/service.yaml"}
    assert all(told in problem.what for problem in wrong.value.problems), wrong.value.problems


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "dashboards/service.yaml:1:1 a dashboard file is a mapping"),
        ("- {id: a}\n", "dashboards/service.yaml:1:1 a dashboard file is a mapping"),
        ("dashboards:\n  id: first\n", "dashboards/service.yaml:2:3 `dashboards` must be a list"),
        ("dashboard: []\n", "dashboards/service.yaml:1:1 unknown key `dashboard`"),
    ],
    ids=["empty", "list", "dash forgotten", "misspelt"],
)
def test_a_file_that_declares_no_dashboard_is_told(project: Path, text: str, told: str) -> None:
    """It is not passed over in silence, as if nobody wanted one."""
    (project / "dashboards" / "service.yaml").write_text(text)

    with pytest.raises(ConfigError) as wrong:
        load(project)

    assert [f"{problem.where} {problem.what}" for problem in wrong.value.problems] == [told]


def test_the_bound_of_a_forecast_has_its_line(project: Path) -> None:
    """A forecast is compared in the unit of its metric."""
    loaded = load_project(project)
    environment = loaded.environment("prod")
    query = "max(next_1d):forecast(avg:aws.applicationelb.request_count{*}, 'linear', 1) >= 0.2"
    monitors = [
        replace(each, query=query) if each.identity.id == "edge-5xx" else each
        for each in load_monitors(loaded, environment)
    ]

    (threshold,) = load_dashboards(loaded, environment, monitors)[0].groups[0].widgets[1].thresholds
    assert (threshold.comparator, threshold.value) == (">=", 0.2)


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
