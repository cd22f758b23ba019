"""Writes docs/reference/schemas/: JSON Schema for editors. `--check` only tells whether the files are up to date."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.generated import keep
from watchkeeper.autoscaling.file import ScalingFile
from watchkeeper.dashboards.load import DashboardDeclaration
from watchkeeper.delivery.model import Delivery
from watchkeeper.forwarding.model import ForwardingFile
from watchkeeper.metrics.catalogue import MetricsFile
from watchkeeper.monitors.load import Declaration
from watchkeeper.monitors.slo.load import SloDeclaration
from watchkeeper.monitors.unit_tests.shapes import TestShape
from watchkeeper.project.flows import Flow
from watchkeeper.project.json_schema import DIALECT, file_schema, layered_schema, schema_of, template_schema
from watchkeeper.project.load import ProjectFile
from watchkeeper.project.model import Environment, Service, Team
from watchkeeper.routing.load import SECTIONS
from watchkeeper.routing.routes import RouteDeclaration
from watchkeeper.topology.prices import PriceFile

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "reference" / "schemas"

SECTIONS_OF_THE_PROJECT: Final = {
    "teams": "team",
    "services": "service",
    "flows": "flow",
    "environments": "environment",
    "profiles": "environment",
}
"""What each mapping of `watchkeeper.yaml` holds."""
SET_BY_THE_LOADER: Final = ("services", "flows")
"""Keys of an environment that are never missing."""


def schemas() -> Mapping[str, str]:
    """Every schema as text, by its file name."""
    return {f"{name}.schema.json": json.dumps(document, indent=2) + "\n" for name, document in documents().items()}


def documents() -> Mapping[str, dict[str, Any]]:
    """Every schema by the name of its kind of file."""
    return {
        "autoscaling": file_schema(ScalingFile, title="Scaling of a service, of watchkeeper"),
        "dashboards": template_schema({"dashboards": DashboardDeclaration}, title="Dashboards of watchkeeper"),
        "delivery": file_schema(Delivery, title="Delivery of watchkeeper"),
        "forwarding": file_schema(ForwardingFile, title="Forwarding of watchkeeper"),
        "metrics": file_schema(MetricsFile, title="Metric catalogue of watchkeeper"),
        "monitor-tests": _tests(),
        "monitors": template_schema(
            {"monitors": Declaration, "slos": SloDeclaration}, title="Monitors and objectives of watchkeeper"
        ),
        "prices": file_schema(PriceFile, title="Prices of watchkeeper"),
        "routing": template_schema(
            {**SECTIONS, "routes": RouteDeclaration}, title="People, schedules and routes of watchkeeper"
        ),
        "watchkeeper": _project(),
    }


def _tests() -> dict[str, Any]:
    test = schema_of(TestShape)
    definitions = test.pop("$defs", {})
    return {
        "$schema": DIALECT,
        "title": "Monitor tests of watchkeeper",
        "type": "object",
        "properties": {"tests": {"type": "array", "description": "The tests of the file.", "items": test}},
        "$defs": definitions,
    }


def _project() -> dict[str, Any]:
    """Its layers are merged before they are checked: what is missing in one may stand in another."""
    document = file_schema(ProjectFile, title="The project of watchkeeper")
    definitions: dict[str, Any] = document.pop("$defs", {})

    def mapping(name: str, said: str) -> dict[str, Any]:
        return {"type": "object", "description": said, "additionalProperties": {"$ref": f"#/$defs/{name}"}}

    team = layered_schema(Team, without=("id",))
    service = layered_schema(Service, without=("id",))
    flow = layered_schema(Flow, without=("id",))
    flow["properties"]["needed"] = {"type": "boolean", "description": "Of an environment: false takes the flow out."}
    environment = layered_schema(Environment, without=("name",))
    for each in (team, service, flow, environment):
        definitions |= each.pop("$defs", {})
    runs = {"type": "boolean", "description": "False takes the service out of the environment, as `ID: false` does."}
    here = {**service, "properties": {**service["properties"], "runs": runs}}
    said = environment["properties"]
    said |= {
        "profile": {"type": "string", "description": "The profile whose settings count where these say nothing."},
        "services": mapping("environment_service", "What differs of a service here, by its id."),
        "every_service": {"description": "What differs of all services here.", "$ref": "#/$defs/service"},
        "flows": mapping("flow", "What differs of a flow here, by its name, and flows of its own."),
    }
    definitions |= {
        "team": team,
        "service": service,
        "environment_service": {"anyOf": [here, {"const": False}, {"type": "null"}]},
        "flow": flow,
        "environment": environment,
    }
    for section, name in SECTIONS_OF_THE_PROJECT.items():
        document["properties"][section] = mapping(name, document["properties"][section]["description"])
    used = _named_in({key: value for key, value in document.items() if key != "$defs"}, definitions)
    document["$defs"] = {name: each for name, each in definitions.items() if name in used}
    return document


def needed_in_the_end() -> Mapping[str, list[str]]:
    """What must stand in one of the layers of `watchkeeper.yaml`, by the object's name."""
    found: dict[str, list[str]] = {}
    for kind in (Team, Service, Flow, Environment):
        schema = schema_of(kind)
        found |= {name: each.get("required", []) for name, each in schema.get("$defs", {}).items()}
        found[kind.__name__.lower()] = [key for key in schema["required"] if key not in SET_BY_THE_LOADER]
    return found


def _named_in(node: Any, definitions: Mapping[str, Any]) -> set[str]:  # noqa: ANN401 - a schema is any JSON
    """The definitions that a part of a schema names, and those that they name."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, Mapping):
            name = str(node.get("$ref", "")).removeprefix("#/$defs/")
            if name and name not in found:
                found.add(name)
                waiting.append(definitions[name])
            waiting += node.values()
    return found


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` exit 1 when one is stale."""
    return keep(FOLDER, schemas(), arguments, "the schemas")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
