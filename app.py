"""The CDK app: `cdk deploy -c env=NAME --all` deploys an environment, `cdk synth -c env=all` synthesizes every one.

`cdk deploy -c stack=delivery` deploys, once, what the workflows deploy with.
"""

# ruff: noqa: E402 - the garbage collector is switched off before the imports, which are what it would look through
import gc
import sys
from pathlib import Path

# The CDK's modules are some hundred thousand objects that live to the end; looking for garbage among them costs a tenth
# of the synthesis.
gc.disable()

from base_infra.delivery import add_delivery, is_delivery
from base_infra.environment import App, add_environments
from watchkeeper.cli.terminal import print_error
from watchkeeper.errors import WatchkeeperError

app = App(tree_metadata=False)
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
