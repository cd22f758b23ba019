"""`watchkeeper env cost`: the bill of an environment, beside another one or beside an earlier revision."""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from watchkeeper.adapters.git import Git
from watchkeeper.autoscaling.trace import parse_trace
from watchkeeper.commands.env.assembly import environment_templates, every_environment, synthesized
from watchkeeper.commands.session import Session, open_session
from watchkeeper.errors import UsageError, did_you_mean
from watchkeeper.topology.cost import Cost, cost_of
from watchkeeper.topology.cost_rules import HOURS, Demand
from watchkeeper.topology.price_list import Update, update_prices
from watchkeeper.topology.prices import PRICE_FILE, PriceFile, load_prices
from watchkeeper.topology.templates import Templates

_SECONDS: Final = 3600


def cost(session: Session, assembly: Path | None, traces: Mapping[str, Path]) -> Cost:
    """The bill. traces: requests per second of a service, by its id."""
    templates = environment_templates(session, assembly)
    return _bill(session, templates, load_prices(session.root), _demands(session, traces))


def cost_beside(
    session: Session, other: Session, assembly: Path | None, traces: Mapping[str, Path]
) -> tuple[Cost, Cost]:
    """The bill of the session's environment and of another one, under the same traffic."""
    prices, demands = load_prices(session.root), _demands(session, traces)
    with every_environment(session, assembly) as folder:
        mine, theirs = (environment_templates(each, folder) for each in (session, other))
    return _bill(session, mine, prices, demands), _bill(other, theirs, prices, demands)


def cost_since(session: Session, base: str, assembly: Path | None, traces: Mapping[str, Path]) -> tuple[Cost, Cost]:
    """The bill at an earlier revision and now, at the prices of now. Raises UsageError for an unknown revision."""
    prices, demands = load_prices(session.root), _demands(session, traces)
    before = _at_revision(session, base, prices, demands)
    return before, _bill(session, environment_templates(session, assembly), prices, demands)


def _bill(session: Session, templates: Templates, prices: PriceFile, demands: Mapping[str, Demand] | None) -> Cost:
    return cost_of(session.environment.name, session.environment.region, templates, prices, demands)


def _demands(session: Session, traces: Mapping[str, Path]) -> dict[str, Demand] | None:
    known = [service.id for service in session.environment.services]
    found = {}
    for service, path in traces.items():
        if service not in known:
            fix = did_you_mean(service, known) or f"known: {', '.join(known)}"
            raise UsageError(f"`{session.environment.name}` runs no service `{service}`", fix)
        try:
            trace = parse_trace(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as err:
            raise UsageError(f"cannot read {path}: {err}", "give a CSV file of `timestamp,value`") from err
        rates = [value for _, value in trace.points]
        a_month = sum(rates) / len(rates) * HOURS * _SECONDS
        found[service] = Demand(a_month, tuple(rate * 60 for rate in rates))
    return found or None


def _at_revision(session: Session, revision: str, prices: PriceFile, demands: Mapping[str, Demand] | None) -> Cost:
    root = session.root.resolve()
    home = root / ".watchkeeper"
    home.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=home, prefix="base-") as folder:
        earlier = Path(folder)
        Git(root).unpack(revision, earlier)
        before = open_session(earlier, session.environment.name)
        # The app of that revision runs with the engine of that revision, where the project holds one.
        variables = {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(root / ".cache" / "jsii")}
        if (earlier / "platform" / "watchkeeper").is_dir():
            variables["PYTHONPATH"] = str(earlier / "platform")
        with synthesized(before, before.environment.name, variables) as assembly:
            return _bill(before, environment_templates(before, assembly), prices, demands)


def take_price_list(root: Path, path: Path) -> Update:
    """Write the values of a price list that the user supplies into the price file."""
    file = load_prices(root)
    try:
        price_list = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as err:
        raise UsageError(f"cannot read {path}: {err}", "give the JSON of AWS's price list bulk API") from err
    if not isinstance(price_list, dict):
        raise UsageError(f"{path} is no AWS price list", "give the JSON of AWS's price list bulk API")
    target = root / PRICE_FILE
    update = update_prices(target.read_text(encoding="utf-8"), file, price_list)
    if update.taken:
        target.write_text(update.text, encoding="utf-8")
    return update
