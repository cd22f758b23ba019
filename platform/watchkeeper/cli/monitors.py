"""`monitors`: lint, render, plan, sync."""

import json

from watchkeeper.cli.frame import Common, Group, common_options, env_option

monitors = Group("monitors", help="Monitors and SLOs as code.")


@monitors.command("render", example="monitors render --env prod --json")
@env_option
@common_options
def render(common: Common, env: str) -> int:
    """Print the definitions as Datadog would receive them."""
    from watchkeeper.project.load import load_project

    print(json.dumps(str(load_project(common.root).environment(env))))
    return 0
