"""The real monitors of the conformance corpus as subjects: those that Datadog ships, and a third party's."""

import json
import re
from pathlib import Path
from typing import Any, Final

from watchkeeper.monitors.lint.exported import exported_subjects
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.project.json_source import parse_json, read_json

REFUSED: Final = ("caas/kubernetes/node/unregister_net_device",)
"""Of the third party: the backslashes of its own quoting are left in the query, so Datadog would refuse it too."""


def shipped_monitors(corpus: Path) -> list[Subject]:
    """The monitors that Datadog ships with its integrations."""
    files = sorted((corpus / "datadog" / "monitors").glob("*.json"))
    return [subject for file in files for subject in exported_subjects(read_json(file, file.name))]


def third_party_monitors(corpus: Path) -> list[Subject]:
    """A third party's monitors whose variables are all resolved."""
    entries = json.loads((corpus / "datadog" / "thirdparty" / "terraform_monitors.json").read_text())
    bodies = [_body(entry) for entry in entries if not entry["unresolved"]]
    return exported_subjects(parse_json(json.dumps(bodies), "terraform_monitors.json"))


def _body(entry: dict[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if entry.get("evaluation_delay"):
        options["evaluation_delay"] = int(entry["evaluation_delay"])
    threshold = re.search(r"[<>=]\s*(-?[0-9.]+)\s*$", entry["query"])
    if threshold:
        options["thresholds"] = {"critical": float(threshold[1])}
    name = f"{entry['module']}/{entry['resource']}"
    monitor = {"name": name, "type": entry["type"], "query": entry["query"], "message": "see the module"}
    return {**monitor, "options": options}


def accepted_objects(corpus: Path) -> list[Subject]:
    """Monitors and objectives of recorded requests that Datadog answered with 200, each once."""
    bodies = {json.dumps(each["req"]): each["req"] for each in _sent(corpus, 200)}
    return exported_subjects(parse_json(json.dumps(list(bodies.values())), "accepted.json"))


def refused_objects(corpus: Path) -> list[tuple[str, Subject]]:
    """Monitors of recorded requests that Datadog answered with 400, each with the sentence of the answer."""
    rows = [each for each in _sent(corpus, 400) if "/monitor" in each["uri"]]
    subjects = exported_subjects(parse_json(json.dumps([each["req"] for each in rows]), "refused.json"))
    return [(each["resp"]["errors"][0], subject) for each, subject in zip(rows, subjects, strict=True)]


def _sent(corpus: Path, code: int) -> list[dict[str, Any]]:
    lines = (corpus / "datadog" / "recorded" / "interactions.jsonl").read_text().splitlines()
    found = []
    for row in map(json.loads, lines):
        is_ours = re.search(r"/api/v1/(monitor|slo)(/validate|/\d+/validate)?$", row["uri"].partition("?")[0])
        if is_ours and row["method"] == "POST" and row["code"] == code and isinstance(row["req"], dict):
            found.append(row)
    return found
