"""The promise of two application zones and three data zones: any one zone may go."""

import pytest

from tests.topology.conftest import Synthesized
from watchkeeper.topology.reach import ZoneLoss, judge_zone_loss
from watchkeeper.topology.read import read_network
from watchkeeper.topology.templates import Template, Templates

ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")


def loss(
    synthesized: Synthesized, zone: str, stacks: dict[str, Template] | None = None, *, has_single_nat: bool = False
) -> ZoneLoss:
    network = read_network(Templates(stacks or synthesized.stacks))
    return judge_zone_loss(network, synthesized.needs, zone, has_single_nat=has_single_nat)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("env", ["local", "stage", "prod", "three-zones"])
def test_with_any_zone_gone_every_flow_has_a_way_and_the_database_a_writer(
    environments: dict[str, Synthesized], env: str, zone: str
) -> None:
    """In every environment with a NAT gateway per zone."""
    found = loss(environments[env], zone)

    assert found.holds
    assert [flow.need.id for flow in found.flows if flow.state == "blocked"] == []
    assert found.writers


def test_a_single_nat_gateway_loses_the_internet_with_its_zone(environments: dict[str, Synthesized]) -> None:
    """Which is said, and held to be given up, because the profile chose it."""
    found = loss(environments["dev"], "eu-west-1a", has_single_nat=True)

    lost = {flow.need.id: flow for flow in found.flows if flow.state == "blocked"}
    assert set(lost) == {"aws-services", "telemetry-out"}
    assert all(flow.is_by_choice for flow in lost.values())
    (reason,) = lost["telemetry-out"].reasons
    assert reason[1].endswith("leads to NetworkPublicANATGateway in eu-west-1a, which is gone")
    assert found.holds


@pytest.mark.parametrize("zone", ["eu-west-1b", "eu-west-1c"])
def test_a_single_nat_gateway_outlives_the_other_zones(environments: dict[str, Synthesized], zone: str) -> None:
    """Only its own zone takes it away."""
    assert [flow for flow in loss(environments["dev"], zone).flows if flow.state == "blocked"] == []


def test_a_single_nat_gateway_that_nobody_chose_does_not_hold(environments: dict[str, Synthesized]) -> None:
    """The same templates under a profile that promises one per zone."""
    assert not loss(environments["dev"], "eu-west-1a").holds


def test_instances_in_one_zone_leave_no_writer(prod: Synthesized) -> None:
    """A reader beside the writer is no help when the zone goes."""
    stacks = prod.copy()
    for name in ("Writer", "Reader1"):
        stacks["prod-Data"]["Resources"][name]["Properties"]["AvailabilityZone"] = "eu-west-1b"

    found = loss(prod, "eu-west-1b", dict(stacks))

    assert found.writers == ()
    assert not found.holds
