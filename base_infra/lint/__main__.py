"""`python -m base_infra.lint [--write | --checkov]`: the findings that nobody explained.

`--write` renews docs/security.md; `--checkov` asks checkov instead, which is fetched for it.
"""

import sys
import tempfile
from pathlib import Path

from base_infra.lint import checkov
from base_infra.lint.acknowledged import ACKNOWLEDGEMENTS
from base_infra.lint.report import compare, render_page
from base_infra.lint.tools import NAMES, findings_of, synthesize_all
from watchkeeper.project.load import load_project

PAGE = Path("docs") / "security.md"


def main(arguments: list[str]) -> int:
    """Gives 1 when a finding is unexplained or a reason is stale."""
    project = load_project(Path.cwd())
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        if "--checkov" in arguments:
            synthesize_all(project, out)
            report = compare(checkov.run(out), checkov.ACKNOWLEDGEMENTS)
        else:
            report = compare(findings_of(project, out), ACKNOWLEDGEMENTS)
    for finding in report.unexplained:
        print(f"{finding.environment}-{finding.where}: {finding.message} ({finding.tool}, {finding.rule})")  # noqa: T201
    for known in report.stale:
        print(f"stale: {known.rule} at {known.where} is found nowhere any more")  # noqa: T201
    if "--write" in arguments:
        PAGE.write_text(render_page(report, [*project.environments, *NAMES], checkov.ACKNOWLEDGEMENTS))
    return 0 if report.is_clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
