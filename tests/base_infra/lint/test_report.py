"""The committed list of findings that stay."""

from pathlib import Path

import pytest

from base_infra.lint import checkov
from base_infra.lint.acknowledged import ACKNOWLEDGEMENTS, Acknowledgement
from base_infra.lint.findings import Finding
from base_infra.lint.report import Report, compare, render_page
from base_infra.lint.rules import RULES
from base_infra.lint.tools import NAMES, findings_of
from tests.conftest import ROOT
from watchkeeper.project.load import load_project

FINDING = Finding("cdk-nag", "AwsSolutions-EC23", "Foundation/SecurityGroups/LoadBalancer", "prod", "open")
KNOWN = Acknowledgement("AwsSolutions-EC23", "Foundation/SecurityGroups/*", "It is the public door of the application.")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """cdk-nag, the CDK's validator, cfn-lint and our own rules over every environment, and two that nobody declared."""
    return compare(findings_of(load_project(ROOT), tmp_path_factory.mktemp("lint")), ACKNOWLEDGEMENTS)


def test_no_finding_is_unexplained(report: Report) -> None:
    """Each one is mended, or somebody wrote down why it stays."""
    assert report.unexplained == ()


def test_no_reason_is_stale(report: Report) -> None:
    """A reason for a finding that is gone would hide the next one."""
    assert report.stale == ()


def test_the_page_is_made_of_the_list(report: Report, root: Path) -> None:
    """`python -m base_infra.lint --write` renews it."""
    environments = [*load_project(root).environments, *NAMES]
    page = render_page(report, environments, checkov.ACKNOWLEDGEMENTS)

    assert (root / "docs" / "security.md").read_text() == page


def test_every_acknowledgement_says_why() -> None:
    """Twenty characters at least; no place is `*` alone."""
    for known in (*ACKNOWLEDGEMENTS, *checkov.ACKNOWLEDGEMENTS):
        assert len(known.reason) >= 20
        assert known.where.strip("*/")


def test_a_new_finding_and_a_stale_reason_are_both_told() -> None:
    """A finding goes to the acknowledgement of its rule and place, and to no other."""
    other = Acknowledgement("AwsSolutions-S1", "Edge/*", "It holds access logs itself, and nothing else.")

    found = compare([FINDING], [KNOWN, other])
    assert (found.unexplained, found.stale) == ((), (other,))
    found = compare([FINDING], [other])
    assert (found.unexplained, found.stale, found.is_clean) == ((FINDING,), (other,), False)


def test_every_rule_of_ours_has_a_page(root: Path) -> None:
    """docs/lint names what each rule is for and how to mend what it finds."""
    for rule in RULES:
        assert (root / "docs" / "lint" / f"{rule}.md").read_text().startswith(f"# {rule}\n")
