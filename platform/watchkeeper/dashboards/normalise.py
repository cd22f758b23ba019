"""The managed fields of a dashboard in a form in which equal means equal. Both sides go through it.

What Datadog adds or shuffles is dropped: widget ids, defaults that it spells out, the order of conditional formats.
Source: kennel's and terraform's suppressions, read 2026-11.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

_DEFAULTS: Final[Mapping[str, Any]] = {
    "legend_layout": "auto",
    "legend_columns": ["avg", "min", "max", "value", "sum"],
    "title_size": "16",
    "title_align": "left",
    "show_title": True,
    "show_legend": False,
    "markers": [],
    "events": [],
    "custom_links": [],
    "time": {},
    "on_right_yaxis": False,
    "is_column_break": False,
    "style": {"palette": "dog_classic", "line_type": "solid", "line_width": "normal"},
}


def normalise_dashboard(body: Mapping[str, Any]) -> dict[str, Any]:
    """Flat: the fields of the dashboard, then one entry for each group and for each chart, by their titles."""
    found: dict[str, Any] = {
        "title": str(body.get("title") or "").strip(),
        "description": str(body.get("description") or "").strip(),
        "layout_type": body.get("layout_type"),
        "reflow_type": body.get("reflow_type") or "auto",
        "template_variables": body.get("template_variables") or [],
        "groups": [],
    }
    for number, widget in enumerate(body.get("widgets") or (), start=1):
        definition = dict(widget.get("definition") or {})
        inner = definition.pop("widgets", [])
        title = str(definition.get("title") or f"widget {number}")
        found["groups"].append(title)
        found[f"{title}"] = {**_clean(definition), "layout": widget.get("layout")}
        for index, each in enumerate(inner, start=1):
            chart = dict(each.get("definition") or {})
            name = str(chart.get("title") or f"widget {index}")
            found[f"{title} / {name}"] = {**_clean(chart), "layout": each.get("layout")}
    return found


def _clean(value: Any) -> Any:  # noqa: ANN401 - a JSON value
    if isinstance(value, Mapping):
        return {
            key: _clean(item)
            for key, item in value.items()
            if key != "id" and item is not None and not (key in _DEFAULTS and item == _DEFAULTS[key])
        }
    if isinstance(value, list):
        cleaned = [_clean(item) for item in value]
        is_formats = bool(cleaned) and all(isinstance(item, Mapping) and "comparator" in item for item in cleaned)
        return sorted(cleaned, key=lambda item: json.dumps(item, sort_keys=True)) if is_formats else cleaned
    return value
