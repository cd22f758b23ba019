"""Rule connections-over-limit."""

from tests.autoscaling.lint.conftest import CPU, Lint


def test_more_connections_than_the_database_takes_are_found(lint: Lint) -> None:
    """12 tasks of 100 with 500 elsewhere, on 8 ACU in dev."""
    (found,) = lint("connections_per_task: 100\n" + CPU, env="dev", elsewhere=500)

    assert found.rule == "connections-over-limit"
    assert "12 tasks of `api` open 1200 connections, and other services 500" in found.what
    assert "Aurora with 8 ACU takes about 1668" in found.what


def test_enough_capacity_is_no_finding_and_an_unknown_pool_neither(lint: Lint) -> None:
    """Silence."""
    assert lint("connections_per_task: 100\n" + CPU, env="dev") == []
    assert lint(CPU, env="dev", elsewhere=9000) == []
