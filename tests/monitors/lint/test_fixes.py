"""What `--fix` writes."""

from typing import Final

import pytest

from tests.monitors.lint.declared_files import Files
from watchkeeper.monitors.lint.fixes import fixed

HEAD: Final = """\
# the load
monitors:
  - id: m
    name: m
    type: query alert     # of the metric kind
    urgency: notify
    query: "max(last_5m):max:system.load.1{env:<< env.name >>} > 4"
    message: text
"""


def _fixed(files: Files, text: str) -> str:
    linted = files.lint(text)
    return dict(fixed(linted.report.findings, linted.sources).texts).get("monitors/m.yaml", text)


def test_nothing_to_mend_leaves_the_file_alone(files: Files) -> None:
    """Byte for byte."""
    assert _fixed(files, HEAD) == HEAD


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        (
            "    options:\n      thresholds:\n        critical: 5\n        warning: 3\n",
            "    options:\n      thresholds:\n        warning: 3\n",
        ),
        ("    options: {thresholds: {critical: 5, warning: 3}}\n", "    options: {thresholds: {warning: 3}}\n"),
        ("    options: {thresholds: {warning: 3, critical: 5}}\n", "    options: {thresholds: {warning: 3}}\n"),
    ],
    ids=["block", "first of braces", "last of braces"],
)
def test_a_key_is_removed_with_its_line_or_comma(files: Files, bad: str, good: str) -> None:
    """The rest of the file stays as it is written."""
    assert _fixed(files, HEAD + bad) == HEAD + good


def test_a_value_is_replaced_and_its_comment_stays(files: Files) -> None:
    """`metric alert` has another name now."""
    assert _fixed(files, HEAD.replace("query alert", "metric alert")) == HEAD


def test_a_word_inside_of_a_query_is_replaced(files: Files) -> None:
    """Behind an expression of the template."""
    assert _fixed(files, HEAD.replace("} > 4", "}.fil(last) > 4")) == HEAD.replace("} > 4", "}.fill(last) > 4")


def test_what_a_template_produces_is_never_changed(files: Files) -> None:
    """The name stands in watchkeeper.yaml, or is computed."""
    text = HEAD.replace("system.load.1", "<< 'aws.rds.cpu_utilization' >>").replace("> 4", "> 90")

    assert [finding.problem.rule for finding in files.lint(text).report.findings if finding.edit] == ["unknown-metric"]
    assert _fixed(files, text) == text


def test_a_repeated_monitor_is_mended_once(files: Files) -> None:
    """Every service would ask for the same change."""
    text = HEAD.replace("    name: m", '    for_each: services\n    name: "<< service.id >>"')

    assert _fixed(files, text.replace("query alert", "metric alert")) == text
