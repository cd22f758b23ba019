"""The CDK app: `cdk deploy -c env=NAME --all` deploys an environment, `cdk synth -c env=all` synthesizes every one."""

import sys
from pathlib import Path

from base_infra.environment import App, add_environments
from watchkeeper.cli.terminal import print_error
from watchkeeper.errors import WatchkeeperError

app = App()
try:
    add_environments(app, Path(__file__).resolve().parent)
except WatchkeeperError as err:
    print_error(err)
    sys.exit(err.exit_code)
app.synth()
