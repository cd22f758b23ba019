"""The sandbox with which the project of a test speaks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandboxes import running_sandbox
from watchkeeper.sandbox.process import Sandbox


@pytest.fixture
def sandbox(project: Path) -> Iterator[Sandbox]:
    """Datadog, PagerDuty and Slack, no AWS; its record lies in the folder of the fixture `project`."""
    with running_sandbox(project) as running:
        yield running
