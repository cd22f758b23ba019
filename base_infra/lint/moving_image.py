"""moving-image: an image's tag names no version, so two tasks of one service may run different programs."""

import re
from collections.abc import Iterator
from typing import Final

from base_infra.lint.findings import Finding, Templates

RULE: Final = "moving-image"
_VERSION: Final = re.compile(r"v?\d+\.\d+|[0-9a-f]{7,40}$")
"""A version of two parts or more, or a commit."""


def check(templates: Templates) -> Iterator[Finding]:
    """A finding for each image that is named neither by digest nor by a version."""
    for layer, name, task in templates.resources("AWS::ECS::TaskDefinition"):
        for container in task.get("ContainerDefinitions", []):
            image = container.get("Image")
            if isinstance(image, str) and "@sha256:" not in image:
                tag = image.rpartition("/")[2].partition(":")[2]
                if not _VERSION.match(tag):
                    message = f"`{container['Name']}` runs {image}"
                    yield templates.finding(RULE, layer, name, message)
