"""Dashboards to Datadog's JSON, and whose a dashboard is. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from watchkeeper.dashboards.layout import group_boxes, widget_boxes
from watchkeeper.dashboards.model import Dashboard, Threshold, Widget
from watchkeeper.project.identity import Identity, identity_in_text, with_marker

_NAMES: Final = "abcdefghijklmnopqrstuvwxyz"


def encode_dashboard(dashboard: Dashboard) -> dict[str, Any]:
    """What is sent to Datadog: one group a layer, boxes computed, thresholds as markers."""
    boxes = group_boxes([len(group.widgets) for group in dashboard.groups])
    return {
        "title": dashboard.title,
        "description": with_marker(dashboard.description, dashboard.identity),
        "layout_type": "ordered",
        "reflow_type": "fixed",
        "template_variables": [],
        "widgets": [
            {
                "definition": {
                    "type": "group",
                    "layout_type": "ordered",
                    "title": group.title,
                    "show_title": True,
                    "widgets": [
                        {"definition": _timeseries(widget), "layout": inner.to_json()}
                        for widget, inner in zip(group.widgets, widget_boxes(len(group.widgets)), strict=True)
                    ],
                },
                "layout": box.to_json(),
            }
            for group, box in zip(dashboard.groups, boxes, strict=True)
        ],
    }


def _timeseries(widget: Widget) -> dict[str, Any]:
    unit = {"unit": {"type": "custom_unit_label", "label": widget.unit}}
    requests = [
        {
            "response_format": "timeseries",
            "display_type": widget.display,
            "queries": [{"data_source": "metrics", "name": _NAMES[index], "query": each.query}],
            "formulas": [
                {"formula": _NAMES[index], "alias": each.label, **({"number_format": unit} if widget.unit else {})}
            ],
        }
        for index, each in enumerate(widget.queries)
    ]
    return {
        "type": "timeseries",
        "title": widget.title,
        "show_legend": len(widget.queries) > 1,
        "requests": requests,
        "markers": [_marker(each) for each in widget.thresholds],
    }


def _marker(threshold: Threshold) -> dict[str, str]:
    value = f"{threshold.value:g}"
    return {
        "value": f"y {threshold.comparator} {value}",
        "display_type": f"{threshold.severity} dashed",
        "label": threshold.monitor,
    }


def identify_dashboard(body: Mapping[str, Any]) -> Identity | None:
    """Whose a dashboard is, by the last line of its description."""
    return identity_in_text(body.get("description"))


def dashboard_id(body: Mapping[str, Any]) -> str:
    """Datadog's id."""
    return str(body["id"])


def dashboard_title(body: Mapping[str, Any]) -> str:
    """How people call it."""
    return str(body.get("title", ""))
