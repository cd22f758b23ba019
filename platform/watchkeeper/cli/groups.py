"""Every group of the command line, in the order of the help."""

from watchkeeper.cli.autoscaling import autoscaling
from watchkeeper.cli.cost import cost
from watchkeeper.cli.dashboards import dashboards
from watchkeeper.cli.delivery import delivery
from watchkeeper.cli.demo import demo
from watchkeeper.cli.doctor import doctor
from watchkeeper.cli.env import env
from watchkeeper.cli.forwarding import forwarding
from watchkeeper.cli.language_server import lsp
from watchkeeper.cli.monitors import monitors
from watchkeeper.cli.oncall import oncall
from watchkeeper.cli.query import query
from watchkeeper.cli.sandbox import sandbox

ALL = (monitors, dashboards, oncall, autoscaling, query, env, cost, forwarding, delivery, sandbox, lsp, doctor, demo)
