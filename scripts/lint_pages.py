"""Writes docs/lint/: a page for each rule of monitors, and their list. `--check` only tells whether they are fresh."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from watchkeeper.monitors.lint.rule import Rule
from watchkeeper.monitors.lint.rules import RULES

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "lint"
LONGEST: Final = 400
_MEANS: Final[Mapping[str, str]] = {
    "error": "Datadog refuses it, or it can never work",
    "warning": "it will mislead or flap",
    "info": "worth a look",
}


def pages() -> Mapping[str, str]:
    """Every page by its file name."""
    return {f"{rule.id}.md": page(rule) for rule in RULES} | {"monitors.md": index()}


def page(rule: Rule) -> str:
    """The page of one rule."""
    parts = [
        f"# {rule.id}",
        f"{rule.title}.\nSeverity: {rule.severity} ({_MEANS[rule.severity]}).",
        sentences(rule.why),
        "## How to mend it",
        sentences(f"{rule.fix[:1].upper()}{rule.fix[1:]}."),
    ]
    if len(rule.bad) < LONGEST:
        if "query" not in rule.bad and not rule.id.startswith(("slo-", "disable-")):
            parts.append("Of a monitor with the query `avg(last_5m):avg:system.load.1{*} > 4`:")
        parts += ["Found:", f"```yaml\n{rule.bad}\n```", "Not found:", f"```yaml\n{rule.good}\n```"]
    parts += ["## Source", sentences(f"{rule.source[:1].upper()}{rule.source[1:]}.")]
    return "\n\n".join(parts) + "\n"


def index() -> str:
    """The list of all rules, errors first."""
    lines = ["# Lint rules of monitors", "", "`monitors lint` asks every monitor about each of these.", ""]
    lines += ["| rule | severity | finds |", "|---|---|---|"]
    order = ("error", "warning", "info")
    for rule in sorted(RULES, key=lambda rule: (order.index(rule.severity), rule.id)):
        lines.append(f"| [{rule.id}]({rule.id}.md) | {rule.severity} | {rule.title.replace('|', '&#124;')} |")
    return "\n".join(lines) + "\n"


def sentences(text: str) -> str:
    """One sentence a line."""
    return re.sub(r"(?<=[.;:])\s+(?=[A-Z`])", "\n", text.replace("..", "."))


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` exit 1 when one is stale."""
    stale = [name for name, text in pages().items() if _read(name) != text]
    if "--check" in arguments:
        print("\n".join(stale) or "docs/lint is up to date")
        return 1 if stale else 0
    for name in stale:
        (FOLDER / name).write_text(pages()[name], encoding="utf-8")
    return 0


def _read(name: str) -> str:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
