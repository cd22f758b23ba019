"""The deployed way of metrics: CloudWatch's stream, then Firehose."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from watchkeeper.adapters.aws.firehose_pipe import FirehosePipe
from watchkeeper.forwarding.canary import METRIC, Heartbeat, Pipe
from watchkeeper.forwarding.model import CANARY_NAMESPACE


class MetricPipe(FirehosePipe):
    """Reads and feeds the metric stream of one account and region."""

    def pipe(self, _heartbeat: Heartbeat) -> Pipe | None:
        """The stream that carries the canary's metric, a running one first."""
        found = []
        for page in self.pages("cloudwatch", "list_metric_streams", {}, "Entries"):
            stream = self.call("cloudwatch", "get_metric_stream", Name=page["Name"])
            if _carries(stream, CANARY_NAMESPACE, METRIC):
                found.append(self.described(stream["Name"], stream["State"], str(stream["FirehoseArn"])))
        return min(found, key=lambda each: each.state != "running", default=None)

    def put(self, heartbeat: Heartbeat) -> None:
        """Put the datum into CloudWatch."""
        datum = {
            "MetricName": METRIC,
            "Dimensions": [{"Name": name, "Value": value} for name, value in heartbeat.dimensions.items()],
            "Timestamp": datetime.fromtimestamp(heartbeat.at, UTC),
            "Value": heartbeat.value,
            "Unit": "None",
        }
        self.call("cloudwatch", "put_metric_data", Namespace=CANARY_NAMESPACE, MetricData=[datum])


def _carries(stream: Mapping[str, Any], namespace: str, metric: str) -> bool:
    def names(filters: str) -> list[Mapping[str, Any]]:
        return [each for each in stream.get(filters) or [] if each.get("Namespace") == namespace]

    if any(not each.get("MetricNames") or metric in each["MetricNames"] for each in names("ExcludeFilters")):
        return False
    if not stream.get("IncludeFilters"):
        return True
    return any(not each.get("MetricNames") or metric in each["MetricNames"] for each in names("IncludeFilters"))
