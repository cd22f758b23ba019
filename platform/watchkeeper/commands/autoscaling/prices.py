"""What a task costs: from the price file that `watchkeeper env cost` multiplies by."""

from watchkeeper.commands.session import Session
from watchkeeper.errors import ConfigError, Problem
from watchkeeper.project.model import Service
from watchkeeper.topology.prices import PRICE_FILE, load_prices


def fargate_prices(session: Session, service: Service) -> dict[str, float]:
    """The prices of a Workload, in US dollars; nothing where the project has no price file, and its own hold.

    Raises ConfigError for a file that lacks one of them, or has it for another region.
    """
    if not (session.root / PRICE_FILE).is_file():
        return {}
    prices, region = load_prices(session.root).prices, session.environment.region
    chip = "arm" if service.architecture == "arm64" else "x86"
    kinds = ("", "-spot") if service.capacity.spot_percent else ("",)
    wanted = [f"fargate-{unit}-{chip}{kind}" for kind in kinds for unit in ("vcpu-hour", "gb-hour")]
    problems = [
        Problem(f"there is no price `{name}` of {region}", fix=f"add it to {PRICE_FILE}", rule="price")
        for name in wanted
        if name not in prices or prices[name].region != region
    ]
    if problems:
        raise ConfigError(problems)
    vcpu, gib, *spot = (prices[name].value for name in wanted)
    found = {"vcpu_hour_usd": vcpu, "gib_hour_usd": gib}
    if spot:
        size = service.cpu / 1024, service.memory_mib / 1024
        found["spot_price_ratio"] = (size[0] * spot[0] + size[1] * spot[1]) / (size[0] * vcpu + size[1] * gib)
    return found
