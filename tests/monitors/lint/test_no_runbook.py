"""Rule no-runbook."""

from tests.monitors.lint.conftest import Lint


def test_a_page_without_a_runbook_is_found(lint: Lint) -> None:
    """Who is woken needs to know what to do."""
    (found,) = lint(urgency="page")

    assert found.rule == "no-runbook"


def test_a_page_with_a_runbook_is_no_finding(lint: Lint) -> None:
    """Silence."""
    assert lint(urgency="page", runbook="https://runbooks.example.com/m") == []
