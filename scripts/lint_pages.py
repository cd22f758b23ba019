"""Writes docs/lint/: a page for each rule of monitors, their list, and the list of the rules of all rooms.

`--check` only tells whether they are fresh.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.generated import keep
from watchkeeper.errors import Severity
from watchkeeper.monitors.lint.rule import Rule
from watchkeeper.monitors.lint.rules import RULES

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "docs" / "lint"
ENGINE: Final = "platform/watchkeeper"
ROOMS: Final = (
    ("Monitors and objectives", "`monitors lint`", f"{ENGINE}/monitors/lint/rules"),
    ("Scaling files", "`autoscaling lint`", f"{ENGINE}/autoscaling/lint"),
    ("Scaling in synthesized templates", "`autoscaling lint --template`", f"{ENGINE}/autoscaling/lint/template"),
    ("Forwarding", "`watchkeeper forwarding doctor`", f"{ENGINE}/forwarding/doctor"),
    ("Infrastructure", "`python -m base_infra.lint`", "base_infra/lint"),
)
"""Where rules live: a module each, whose docstring begins with the rule's id."""
LONGEST: Final = 400
_MEANS: Final[Mapping[str, str]] = {
    "error": "Datadog refuses it, or it can never work",
    "warning": "it will mislead or flap",
    "info": "worth a look",
}


def pages() -> Mapping[str, str]:
    """Every page by its file name."""
    return {f"{rule.id}.md": page(rule) for rule in RULES} | {"monitors.md": index(), "README.md": common_index()}


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


@dataclass(frozen=True, slots=True)
class Row:
    """A rule as the common list has it."""

    rule: str
    severity: str
    finds: str


OF_COMMANDS: Final[Mapping[str, tuple[Row, ...]]] = {
    f"{ENGINE}/autoscaling/lint": (Row("unknown-service", "error", "A scaling file whose service no environment has"),)
}
"""What a command finds itself, beside the rules of a room."""


def common_index() -> str:
    """The list of the rules of all rooms."""
    lines = [
        "# Lint rules",
        "",
        "Every rule has a page that says what happens to whoever has the fault, and how to mend it.",
    ]
    for title, command, folder in ROOMS:
        lines += ["", f"## {title}", "", f"Asked by {command}.", "", "| rule | severity | finds |", "|---|---|---|"]
        lines += [f"| [{row.rule}]({row.rule}.md) | {row.severity} | {row.finds} |" for row in all_rows(folder)]
    return "\n".join(lines) + "\n"


def all_rows(folder: str) -> list[Row]:
    """The rules of one room by their ids, and what its command finds."""
    return sorted((*rows_of(ROOT / folder), *OF_COMMANDS.get(folder, ())), key=lambda row: row.rule)


def rows_of(folder: Path) -> Iterator[Row]:
    """The rules of one room by their ids, as their modules tell them."""
    for path in sorted(folder.glob("*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        rule, colon, finds = (ast.get_docstring(module) or "").partition("\n")[0].partition(": ")
        if colon and rule.replace("-", "_") == path.stem:
            finds = finds.rstrip(".").replace("|", "&#124;")
            yield Row(rule, severity_in(module), f"{finds[:1].upper()}{finds[1:]}")


def severity_in(module: ast.Module) -> str:
    """The severity that a module gives its findings, by name or as the last argument; an error where it says none."""
    found = [
        str(value.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        for value in (*node.args[-1:], *(word.value for word in node.keywords if word.arg == "severity"))
        if isinstance(value, ast.Constant) and value.value in get_args(Severity)
    ]
    return " or ".join(dict.fromkeys(found)) or "error"


def sentences(text: str) -> str:
    """One sentence a line."""
    return re.sub(r"(?<=[.;:])\s+(?=[A-Z`])", "\n", text.replace("..", "."))


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` exit 1 when one is stale."""
    return keep(FOLDER, pages(), arguments, "the pages of rules", is_shared=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
