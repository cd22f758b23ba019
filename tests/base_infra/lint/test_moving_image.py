"""The rule moving-image."""

import pytest

from base_infra.lint.findings import Templates
from base_infra.lint.moving_image import check


def templates(image: str) -> Templates:
    properties = {"ContainerDefinitions": [{"Name": "api", "Image": image}]}
    stack = {"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": properties}}}
    return Templates("prod", {"Service-api": stack})


@pytest.mark.parametrize("image", ["app", "app:latest", "registry:5000/app", "app:stable", "app:1"])
def test_an_image_without_a_version_is_found(image: str) -> None:
    """A tag that is moved changes a service that nobody deployed."""
    (finding,) = check(templates(image))

    assert finding.message == f"`api` runs {image}"


@pytest.mark.parametrize("image", ["app:1.26", "app:v2.0.1", "app:3f2c1ab", f"app@sha256:{'0' * 64}"])
def test_versions_commits_and_digests_pass(image: str) -> None:
    """They name one program."""
    assert list(check(templates(image))) == []
