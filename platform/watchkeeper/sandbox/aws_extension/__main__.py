"""The emulated AWS: ministack with what Watchkeeper's templates need besides.

Runs in a process and a venv of its own and imports nothing of watchkeeper. It ends with its parent: whoever starts it
holds the other end of its standard input, and end of file is the end of it.
"""

import os
import sys
import threading

from ministack import app

from . import (
    alarms,
    autoscaling,
    autoscaling_resources,
    blanking,
    buckets,
    containers,
    control,
    database,
    faults,
    firewall,
    http_delivery,
    identity,
    kafka,
    load_balancing,
    log_subscriptions,
    metric_streams,
    network,
    secrets,
    tagging,
)


def _end_with_parent() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


def main() -> None:
    """Register what is missing, then serve."""
    additions = blanking.Additions()
    parts = (
        network,
        identity,
        load_balancing,
        firewall,
        containers,
        database,
        secrets,
        buckets,
        kafka,
        alarms,
        autoscaling,
        autoscaling_resources,
        metric_streams,
        log_subscriptions,
        faults,
        http_delivery,
        tagging,
    )
    for part in parts:
        part.register()
    additions.note()
    control.register(app, additions)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = ["ministack"]
    app.main()


main()
