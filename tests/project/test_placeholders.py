"""Values that stand for somebody's own account, and what only looks like one."""

from pathlib import Path

import pytest

from watchkeeper.project.load import build_project
from watchkeeper.project.placeholders import (
    is_example_domain,
    is_placeholder_account,
    is_placeholder_zone,
    placeholders,
)
from watchkeeper.project.source import parse_document


def found(root: Path, text: str, env: str) -> list[tuple[str, int]]:
    document = parse_document(text, "watchkeeper.yaml")
    problems = placeholders(document, build_project(document, root).environment(env))
    return [(problem.what, problem.where.line if problem.where else 0) for problem in problems]


def test_every_value_of_the_examples_is_named_with_its_line(root: Path) -> None:
    """Account, domain and zone of `prod` as this repository has them."""
    text = (root / "watchkeeper.yaml").read_text()
    lines = text.splitlines()

    assert [(what.partition(" is ")[0], lines[line - 1].strip().partition(":")[0]) for what, line in found(
        root, text, "prod"
    )] == [
        ("the AWS account 333333333333", "account"),
        ("lighthouse.example.com", "edge"),
        ("the hosted zone Z0123456789ABCDEFGHIJ", "edge"),
    ]  # fmt: skip


def test_a_certificate_of_an_example_account_is_named(root: Path) -> None:
    """The load balancer could not use it."""
    text = (root / "watchkeeper.yaml").read_text()

    told = [what for what, _ in found(root, text, "stage")]

    assert told == [
        "the AWS account 222222222222 is an example", "the certificate is of the example account 222222222222",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("account", "wanted"),
    [("111111111111", True), ("123456789012", True), ("000000000000", True), ("417141415827", False)],
)
def test_accounts_of_one_digit_or_counted_up_are_examples(account: str, wanted: bool) -> None:
    """Twelve digits that nobody would be given."""
    assert is_placeholder_account(account) is wanted


@pytest.mark.parametrize(
    ("domain", "wanted"),
    [
        ("example.com", True),
        ("lighthouse.example.org", True),
        ("ana@example.net", True),
        ("x.EXAMPLE.", True),
        ("notexample.com", False),
        ("example.com.evil.io", False),
        ("", False),
    ],
)
def test_domains_that_are_kept_for_documentation_are_examples(domain: str, wanted: bool) -> None:
    """Nobody can own them (RFC 2606)."""
    assert is_example_domain(domain) is wanted


def test_a_zone_that_counts_up_is_an_example() -> None:
    """A real one is random."""
    assert is_placeholder_zone("Z0123456789ABCDEFGHIJ")
    assert not is_placeholder_zone("Z04721312QG1PBM0WTFBP")
