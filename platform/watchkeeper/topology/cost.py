"""What an environment costs a month, resource by resource, from its templates and a price file. Pure.

A month is 730 hours. Fixed is what is paid without a single request; the rest depends on use.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from watchkeeper.errors import ConfigError, Problem
from watchkeeper.topology.cost_rules import FREE, RULES, Context, Demand
from watchkeeper.topology.prices import PRICE_FILE, PriceFile
from watchkeeper.topology.templates import Templates

_METADATA = "AWS::CDK::Metadata"


@dataclass(frozen=True, slots=True)
class Line:
    """One item of the bill. stack: without the environment's name. amount: US dollars a month."""

    stack: str
    resource: str
    type: str
    what: str
    quantity: float
    unit: str
    amount: float
    is_fixed: bool
    is_unverified: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """The bill of an environment."""

    env: str
    lines: tuple[Line, ...]
    has_traffic: bool

    def total(self, *, is_fixed: bool | None = None) -> float:
        """US dollars a month: fixed, by use, or both."""
        return sum(line.amount for line in self.lines if is_fixed is None or line.is_fixed is is_fixed)

    @property
    def unverified_ratio(self) -> float:
        """Share of the total that rests on prices which nobody has verified; 0 to 1."""
        total = self.total()
        return sum(line.amount for line in self.lines if line.is_unverified) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class CostChange:
    """An item that costs more or less; 0 where it is not there. before, after: US dollars a month."""

    stack: str
    resource: str
    what: str
    before: float
    after: float


def cost_of(
    env: str, region: str, templates: Templates, prices: PriceFile, demands: Mapping[str, Demand] | None = None
) -> Cost:
    """The bill. demands: requests by service; None leaves out what depends on them.

    Raises ConfigError that names every type and every price which is missing.
    """
    context = Context(templates, prices.assumptions, demands)
    problems: dict[str, Problem] = {}
    lines = []
    for raw in templates.all():
        if raw.type == _METADATA or raw.type in FREE:
            continue
        if raw.type not in RULES:
            what = f"{raw.type} has no price: {raw.ref} would count as free"
            fix = "tell in platform/watchkeeper/topology/cost_rules.py what it costs, or why it is free"
            problems.setdefault(raw.type, Problem(what, fix=fix, rule="unpriced"))
            continue
        for use in RULES[raw.type](context, templates.resolve(raw)):
            price = prices.prices.get(use.price)
            if price is None:
                what = f"{PRICE_FILE} has no price `{use.price}`, which {raw.ref} needs"
                problems.setdefault(use.price, Problem(what, fix=f"add `{use.price}:`", rule="unpriced"))
                continue
            if price.region != region:
                what = f"the price `{use.price}` is for {price.region}, and `{env}` is in {region}"
                problems.setdefault(use.price, Problem(what, fix=f"add the price of {region}", rule="region"))
                continue
            lines.append(
                Line(
                    stack=raw.ref.stack.removeprefix(f"{env}-"),
                    resource=raw.ref.short,
                    type=raw.type,
                    what=use.what,
                    quantity=use.quantity,
                    unit=price.unit,
                    amount=use.quantity * price.value,
                    is_fixed=use.is_fixed,
                    is_unverified=price.unverified,
                )
            )
    if problems:
        raise ConfigError(problems.values())
    return Cost(env, tuple(lines), demands is not None)


def cost_changes(before: Cost, after: Cost) -> list[CostChange]:
    """The items whose amount differs by a cent or more, the largest difference first."""
    one, other = _by_item(before), _by_item(after)
    found = [CostChange(*item, one.get(item, 0.0), other.get(item, 0.0)) for item in dict.fromkeys((*one, *other))]
    changed = [change for change in found if abs(change.after - change.before) >= 0.01]  # noqa: PLR2004 - a cent
    return sorted(changed, key=lambda change: (-abs(change.after - change.before), change.stack, change.resource))


def _by_item(cost: Cost) -> dict[tuple[str, str, str], float]:
    found: dict[tuple[str, str, str], float] = {}
    for line in cost.lines:
        item = (line.stack, line.resource, line.what)
        found[item] = found.get(item, 0.0) + line.amount
    return found
