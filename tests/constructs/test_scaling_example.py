"""The example of scaling in somebody else's app."""

import json
import os
import subprocess
import sys
from pathlib import Path

from watchkeeper.autoscaling.load import load_scaling


def test_the_example_app_synthesizes_and_scales_the_service_that_it_had(root: Path, tmp_path: Path) -> None:
    """Run as a user runs it, from its own folder: one target, five policies, one alarm, on the CDK's own service."""
    environ = {
        **os.environ,
        "CDK_OUTDIR": str(tmp_path),
        "CDK_VALIDATION": "false",
        "HOME": str(tmp_path / "home"),
        "JSII_NODE": str(Path(sys.prefix) / "bin" / "node"),
        "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "true",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "true",
    }
    folder = root / "examples" / "scaling-in-your-app"
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

    template = json.loads((tmp_path / "Shop.template.json").read_text())
    kinds = [each["Type"].rpartition("::")[2] for each in template["Resources"].values()]
    assert (kinds.count("ScalableTarget"), kinds.count("ScalingPolicy"), kinds.count("Alarm")) == (1, 5, 1)
    (service,) = [each for each in template["Resources"].values() if each["Type"] == "AWS::ECS::Service"]
    assert "DesiredCount" not in service["Properties"]
    assert service["Properties"]["Monitoring"]["MetricConfigurations"][0]["ResolutionSeconds"] == 20


def test_the_scaling_file_of_the_example_is_valid(root: Path) -> None:
    """In every environment."""
    assert load_scaling(root / "examples" / "scaling-in-your-app", "shop", "prod").max == 20
