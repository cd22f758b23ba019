"""Rule message-blocks."""

from tests.monitors.lint.conftest import Lint


def test_a_block_that_is_never_closed_is_found(lint: Lint) -> None:
    """Its name is told."""
    (found,) = lint(message='"{{#is_alert}}down"')

    assert found.rule == "message-blocks"
    assert "is_alert" in found.what


def test_balanced_blocks_are_no_finding(lint: Lint) -> None:
    """Silence."""
    assert lint(message='"{{#is_alert}}down{{/is_alert}}"') == []
