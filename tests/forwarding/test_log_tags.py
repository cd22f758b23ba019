"""What every log carries into Datadog, and what the router beside a task is told."""

import pytest

from watchkeeper.forwarding.firelens import router_options
from watchkeeper.forwarding.log_tags import log_tags
from watchkeeper.forwarding.model import GroupLogs, LoadBalancerLogs
from watchkeeper.forwarding.sites import SITES, Site


@pytest.mark.parametrize(
    ("layer", "given", "source", "service"),
    [
        ("database", GroupLogs(), "postgresql", "aurora"),
        ("broker", GroupLogs(), "msk", "msk"),
        ("flow", GroupLogs(source="vpcflow", service="network"), "vpcflow", "network"),
        ("load_balancer", LoadBalancerLogs(), "elbv2", "load-balancer"),
    ],
)
def test_every_layer_has_env_service_source_and_team(
    layer: str, given: GroupLogs | LoadBalancerLogs, source: str, service: str
) -> None:
    """The usual ones, or those of the file."""
    found = log_tags(layer, given, env="prod", team="platform")

    assert found == {"env": "prod", "service": service, "source": source, "team": "platform"}


def test_further_tags_come_last() -> None:
    """After those that every log has; an environment without a team has none."""
    found = log_tags("database", GroupLogs(tags=("cost:low",)), env="dev", team="")

    assert list(found) == ["env", "service", "source", "cost"]


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_a_router_speaks_tls_to_its_own_site_and_repeats(site: Site) -> None:
    """What the doctor's rules on FireLens ask for, on every site."""
    tags = {"env": "prod", "service": "api", "team": "checkout"}
    options = router_options(site, source="go", tags=tags, retries=8)

    assert options["Host"] == f"http-intake.logs.{site.name}"
    assert (options["TLS"], options["compress"], options["Retry_Limit"]) == ("on", "gzip", "8")
    assert options["dd_tags"] == "env:prod,service:api,team:checkout"
    assert (options["dd_service"], options["dd_source"]) == ("api", "go")
