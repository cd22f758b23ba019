"""Rule partition-metrics."""

import pytest

from tests.forwarding.doctor.conftest import Examine, resource


@pytest.mark.parametrize(("level", "count"), [("PER_TOPIC_PER_PARTITION", 1), ("PER_BROKER", 0), ("DEFAULT", 0)])
def test_metrics_of_every_partition_are_found(doctor: Examine, level: str, count: int) -> None:
    """A thousand partitions are a thousand of each metric."""
    given = {"Cluster": resource("AWS::MSK::Cluster", EnhancedMonitoring=level)}

    assert len(doctor("partition-metrics", given)) == count
