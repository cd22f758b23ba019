"""Rule pausing-database."""

from typing import Any

from tests.forwarding.doctor.conftest import Examine, resource


def _cluster(least: float, **given: Any) -> Any:
    return resource("AWS::RDS::DBCluster", ServerlessV2ScalingConfiguration={"MinCapacity": least}, **given)


def test_a_proxy_keeps_a_database_awake(doctor: Examine) -> None:
    """It holds connections open by itself."""
    assert len(doctor("pausing-database", {"Db": _cluster(0), "Proxy": resource("AWS::RDS::DBProxy")})) == 1


def test_database_monitoring_keeps_a_database_awake(doctor: Examine) -> None:
    """The Agent asks every few seconds."""
    tags = [{"Key": "datadoghq.com/dbm", "Value": "true"}]

    assert len(doctor("pausing-database", {"Db": _cluster(0, Tags=tags)})) == 1


def test_a_database_that_never_pauses_or_is_left_alone_is_no_finding(doctor: Examine) -> None:
    """Silence."""
    assert doctor("pausing-database", {"Db": _cluster(0.5), "Proxy": resource("AWS::RDS::DBProxy")}) == []
    assert doctor("pausing-database", {"Db": _cluster(0)}) == []
