"""`python -m base_infra.lint [--write]`: the findings that nobody explained; `--write` renews docs/security.md."""

import sys
import tempfile
from pathlib import Path

from base_infra.lint.acknowledged import ACKNOWLEDGEMENTS
from base_infra.lint.report import compare, render_page
from base_infra.lint.tools import EVERYTHING, findings_of
from watchkeeper.project.load import load_project

PAGE = Path("docs") / "security.md"


def main(arguments: list[str]) -> int:
    """Gives 1 when a finding is unexplained or a reason is stale."""
    project = load_project(Path.cwd())
    with tempfile.TemporaryDirectory() as folder:
        report = compare(findings_of(project, Path(folder)), ACKNOWLEDGEMENTS)
    for finding in report.unexplained:
        print(f"{finding.environment}-{finding.where}: {finding.message} ({finding.tool}, {finding.rule})")  # noqa: T201
    for known in report.stale:
        print(f"stale: {known.rule} at {known.where} is found nowhere any more")  # noqa: T201
    if "--write" in arguments:
        PAGE.write_text(render_page(report, [*project.environments, EVERYTHING]))
    return 0 if report.is_clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
