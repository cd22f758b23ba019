"""Rule keeps-logs-forever."""

from tests.forwarding.doctor.conftest import Examine, resource


def test_a_group_without_retention_is_found(doctor: Examine) -> None:
    """It is CloudWatch's default, and the most common waste."""
    assert len(doctor("keeps-logs-forever", {"Group": resource("AWS::Logs::LogGroup")})) == 1


def test_a_group_with_retention_is_no_finding(doctor: Examine) -> None:
    """Silence."""
    assert doctor("keeps-logs-forever", {"Group": resource("AWS::Logs::LogGroup", RetentionInDays=14)}) == []
