"""Writes docs/reference/schemas/: JSON Schema for editors. `--check` only tells whether the files are up to date."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from watchkeeper.metrics.catalogue import MetricsFile
from watchkeeper.monitors.load import Declaration
from watchkeeper.project.json_schema import DIALECT, schema_of, template_schema

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "reference" / "schemas"


def schemas() -> Mapping[str, str]:
    """Every schema by its file name."""
    documents = {
        "monitors.schema.json": template_schema(Declaration, "monitors", title="Monitors of watchkeeper"),
        "metrics.schema.json": {
            "$schema": DIALECT,
            **schema_of(MetricsFile),
            "title": "Metric catalogue of watchkeeper",
        },
    }
    return {name: json.dumps(document, indent=2) + "\n" for name, document in documents.items()}


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` exit 1 when one is stale."""
    stale = [name for name, text in schemas().items() if _read(name) != text]
    if "--check" in arguments:
        print("\n".join(stale) or "the schemas are up to date")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (FOLDER / name).write_text(schemas()[name], encoding="utf-8")
    return 0


def _read(name: str) -> str:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
