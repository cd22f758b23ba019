"""The CDK app: `cdk deploy -c env=NAME --all` deploys an environment, `cdk synth -c env=all` synthesizes every one.

`cdk deploy -c stack=delivery` deploys, once, what the workflows deploy with.
"""

import sys
from pathlib import Path

from base_infra.delivery import add_delivery, is_delivery
from base_infra.environment import App, add_environments
from watchkeeper.cli.terminal import print_error
from watchkeeper.errors import WatchkeeperError

app = App()
try:
    root = Path(__file__).resolve().parent
    if is_delivery(app):
        add_delivery(app, root)
    else:
        add_environments(app, root)
except WatchkeeperError as err:
    print_error(err)
    sys.exit(err.exit_code)
app.synth()
