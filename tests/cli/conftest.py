"""What `cdk synth -c env=all` writes, once a session."""

from pathlib import Path

import pytest

from tests.base_infra.conftest import synthesize


@pytest.fixture(scope="session")
def assembly(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the templates of every environment."""
    folder = tmp_path_factory.mktemp("cdk.out")
    synthesize((root / "watchkeeper.yaml").read_text(), "all", folder)
    return folder
