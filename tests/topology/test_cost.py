"""The monthly bill, worked by hand."""

from dataclasses import replace
from typing import Any

import pytest

from tests.topology.conftest import Synthesized
from watchkeeper.errors import ConfigError
from watchkeeper.topology.cost import Cost, Line, cost_changes, cost_of
from watchkeeper.topology.cost_rules import Demand
from watchkeeper.topology.prices import Assumptions, Price, PriceFile, load_prices
from watchkeeper.topology.templates import Template, Templates

REGION = "eu-west-1"


@pytest.fixture(scope="session")
def prices(root: Any) -> PriceFile:
    """The price file of this repository, its values replaced by 2 so that sums can be worked by hand."""
    file = load_prices(root)
    flat = {name: replace(price, value=2.0) for name, price in file.prices.items()}
    return PriceFile(currency="USD", prices=flat, assumptions=Assumptions(response_bytes=1e6, log_bytes=1000))


def bill(
    synthesized: Synthesized, prices: PriceFile, env: str = "prod", demands: dict[str, Demand] | None = None
) -> Cost:
    return cost_of(env, REGION, Templates(synthesized.stacks), prices, demands)


def lines(cost: Cost, kind: str) -> dict[str, Line]:
    """Item to line, of the first resource of a type."""
    found = [line for line in cost.lines if line.type == kind]
    return {line.what: line for line in found if line.resource == found[0].resource and line.stack == found[0].stack}


@pytest.mark.parametrize("env", ["local", "dev", "stage", "prod", "three-zones"])
def test_every_type_of_every_environment_has_a_price_or_a_reason_to_have_none(
    environments: dict[str, Synthesized], root: Any, env: str
) -> None:
    """With the price file as it stands, a broker included; most of it is unverified, and every line says so."""
    name = "prod" if env == "three-zones" else env
    found = bill(environments[env], load_prices(root), name)

    assert found.total(is_fixed=True) > 0
    assert 0.5 < found.unverified_ratio < 1.0
    prices = load_prices(root).prices
    assert {price.unverified for price in prices.values()} == {True, False}
    assert all(price.unverified or price.as_of for price in prices.values())


def test_a_nat_gateway_is_paid_by_the_hour_and_by_what_crosses_it(prod: Synthesized, prices: PriceFile) -> None:
    """730 hours a month, each at 2."""
    found = lines(bill(prod, prices), "AWS::EC2::NatGateway")

    assert (found["hours"].quantity, found["hours"].amount, found["hours"].is_fixed) == (730, 1460.0, True)
    assert (found["data through NAT"].amount, found["data through NAT"].is_fixed) == (0.0, False)


def test_a_service_is_paid_for_its_smallest_number_of_tasks(prod: Synthesized, prices: PriceFile) -> None:
    """Four tasks of 1 vCPU and 2 GB for 730 hours."""
    found = lines(bill(prod, prices), "AWS::ECS::Service")

    assert found["vCPU on demand"].quantity == 4 * 1 * 730
    assert found["memory on demand"].quantity == 4 * 2 * 730


def test_demand_adds_the_tasks_that_the_policy_on_requests_asks_for(prod: Synthesized, prices: PriceFile) -> None:
    """3000 requests a minute and target: 12000 half of the time and 24000 the other half are 6 tasks, 2 more than 4."""
    demand = Demand(requests=1e6, per_minute=(12_000.0, 24_000.0))
    found = lines(bill(prod, prices, demands={"api": demand}), "AWS::ECS::Service")

    assert found["vCPU on demand, by demand"].quantity == 2 * 1 * 730
    assert found["logs"].quantity == 1e6 * 1000 / 1e9


def test_demand_never_exceeds_the_largest_number_of_tasks(prod: Synthesized, prices: PriceFile) -> None:
    """Forty tasks, however many requests."""
    found = lines(bill(prod, prices, demands={"api": Demand(1.0, (1e9,))}), "AWS::ECS::Service")

    assert found["vCPU on demand, by demand"].quantity == (40 - 4) * 730


def test_tasks_on_spot_are_paid_at_its_price(environments: dict[str, Synthesized], prices: PriceFile) -> None:
    """Dev runs everything on Spot."""
    found = lines(bill(environments["dev"], prices, "dev"), "AWS::ECS::Service")

    assert "vCPU on demand" not in found
    assert found["vCPU on Spot"].quantity == 1 * 0.5 * 730


def test_responses_are_paid_at_the_load_balancer(prod: Synthesized, prices: PriceFile) -> None:
    """A million responses of a megabyte are 1000 GB."""
    found = lines(bill(prod, prices, demands={"api": Demand(1e6, ())}), "AWS::ElasticLoadBalancingV2::LoadBalancer")

    assert found["data to the internet"].quantity == pytest.approx(1000)
    assert found["public addresses"].quantity == 2 * 730


def test_a_type_without_a_price_is_an_error(prod: Synthesized, prices: PriceFile) -> None:
    """It would count as free otherwise; every such type is named once."""
    stacks = prod.copy()
    for name in ("One", "Two"):
        stacks["prod-Data"]["Resources"][name] = {"Type": "AWS::Redshift::Cluster", "Properties": {}}

    with pytest.raises(ConfigError) as caught:
        cost_of("prod", REGION, Templates(stacks), prices)

    assert [problem.what for problem in caught.value.problems] == [
        "AWS::Redshift::Cluster has no price: prod-Data/One would count as free"
    ]


def test_a_price_that_is_missing_or_of_another_region_is_an_error(prod: Synthesized, prices: PriceFile) -> None:
    """Named with a resource that needs it."""
    fewer = {name: price for name, price in prices.prices.items() if name != "kms-key-month"}
    fewer["aurora-acu-hour"] = replace(fewer["aurora-acu-hour"], region="us-east-1")

    with pytest.raises(ConfigError) as caught:
        bill(prod, PriceFile(currency="USD", prices=fewer))

    found = sorted(problem.what for problem in caught.value.problems)
    assert found[0].startswith("platform/prices.yaml has no price `kms-key-month`, which prod-Foundation/")
    assert found[1] == "the price `aurora-acu-hour` is for us-east-1, and `prod` is in eu-west-1"


def test_totals_tell_how_much_rests_on_unverified_prices(prod: Synthesized, prices: PriceFile) -> None:
    """By amount, not by number of prices."""
    verified = {
        name: replace(price, unverified=name == "aurora-acu-hour", source="list", as_of="2026-11-25")
        for name, price in prices.prices.items()
    }
    found = bill(prod, PriceFile(currency="USD", prices=verified))
    capacity = sum(line.amount for line in found.lines if line.what == "smallest capacity")

    assert found.unverified_ratio == pytest.approx(capacity / found.total())
    assert capacity == 2 * 2 * 730 * 2.0


def test_two_bills_differ_by_their_items(environments: dict[str, Synthesized], prices: PriceFile) -> None:
    """The second NAT gateway is in one only; what costs the same is not told."""
    changes = cost_changes(bill(environments["dev"], prices, "dev"), bill(environments["prod"], prices, "prod"))

    (second,) = [change for change in changes if change.resource == "NetworkPublicBNATGateway"]
    assert (second.before, second.after) == (0.0, 1460.0)
    assert "NetworkPublicANATGateway" not in {change.resource for change in changes}


def test_a_database_of_a_fixed_class_needs_the_price_of_that_class(prod: Synthesized, prices: PriceFile) -> None:
    """The name of the price follows from the class."""
    stacks: dict[str, Template] = dict(prod.copy())
    stacks["prod-Data"]["Resources"]["Writer"]["Properties"]["DBInstanceClass"] = "db.r7g.large"
    more = {**prices.prices, "rds-db.r7g.large-hour": Price(value=3, unit="hour", region=REGION, unverified=True)}

    with pytest.raises(ConfigError, match=r"rds-db\.r7g\.large-hour"):
        cost_of("prod", REGION, Templates(stacks), prices)
    found = cost_of("prod", REGION, Templates(stacks), replace(prices, prices=more))
    assert lines(found, "AWS::RDS::DBInstance")["hours"].amount == 3 * 730
