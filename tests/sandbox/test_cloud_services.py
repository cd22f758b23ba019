"""The conductor's view of what is deployed."""

import pytest

from tests.sandbox.conftest import REGION, Emulated
from watchkeeper.sandbox.cloud import Cloud

pytestmark = pytest.mark.emulator


@pytest.mark.parametrize("env", ["local", "gradual"])
def test_every_service_is_found_with_what_stands_before_it(emulated: Emulated, env: str) -> None:
    """Also one whose listener rule weighs two target groups, as a gradual deployment needs it."""
    emulated.deploy(env)

    services = {service.name: service for service in Cloud(emulated.emulator, REGION).services()}

    assert services.keys() == {"api", "reports"}
    for service in services.values():
        assert service.load_balancer.startswith("app/")
        assert service.target_group.startswith("targetgroup/")
        assert service.zones == ("eu-west-1a", "eu-west-1b")
        assert service.alarms
