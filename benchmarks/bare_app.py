"""A bare CDK app: `bare_app.py ASSEMBLY` makes every stack and resource of an assembly directly.

Nothing is declared, merged, checked or tagged here: it is what the topology's own synthesis is measured against.
"""

import json
import sys
from pathlib import Path
from typing import Any

from aws_cdk import App, CfnOutput, CfnResource, Environment, Stack


def build(app: App, templates: Path) -> None:
    """The stacks of an assembly, resource by resource."""
    manifest = json.loads((templates / "manifest.json").read_text())["artifacts"]
    for name, artifact in manifest.items():
        if artifact["type"] != "aws:cloudformation:stack":
            continue
        account, region = artifact["environment"].removeprefix("aws://").split("/")
        template: dict[str, Any] = json.loads((templates / f"{name}.template.json").read_text())
        stack = Stack(app, name, env=Environment(account=account, region=region))
        for logical_id, resource in template["Resources"].items():
            if resource["Type"] != "AWS::CDK::Metadata":
                made = CfnResource(stack, logical_id, type=resource["Type"], properties=resource.get("Properties"))
                made.override_logical_id(logical_id)
        for logical_id, output in template.get("Outputs", {}).items():
            CfnOutput(stack, logical_id, value=str(output["Value"]))


def main(templates: str) -> None:
    """Synthesize into CDK_OUTDIR."""
    app = App()
    build(app, Path(templates))
    app.synth()


if __name__ == "__main__":
    main(sys.argv[1])
