"""The deployed way of logs: a log group, its subscription filter, then Firehose."""

from watchkeeper.adapters.aws.firehose_pipe import FirehosePipe
from watchkeeper.forwarding.canary import Heartbeat, Pipe


class LogPipe(FirehosePipe):
    """Reads and feeds the canary's own log group of one account and region."""

    def pipe(self, heartbeat: Heartbeat) -> Pipe | None:
        """The group's subscription to Firehose; None where there is no such group or no such filter."""
        asked = {"logGroupNamePrefix": heartbeat.group}
        groups = {each["logGroupName"] for each in self.pages("logs", "describe_log_groups", asked, "logGroups")}
        if heartbeat.group not in groups:
            return None
        asked = {"logGroupName": heartbeat.group}
        for each in self.pages("logs", "describe_subscription_filters", asked, "subscriptionFilters"):
            arn = str(each.get("destinationArn", ""))
            if ":firehose:" in arn:
                return self.described(heartbeat.group, "running", arn)
        return None

    def put(self, heartbeat: Heartbeat) -> None:
        """Write the line, into a log stream of this run alone."""
        stream = f"canary-{heartbeat.at}-{heartbeat.value}"
        self.call("logs", "create_log_stream", logGroupName=heartbeat.group, logStreamName=stream)
        event = {"timestamp": heartbeat.at * 1000, "message": heartbeat.line}
        self.call("logs", "put_log_events", logGroupName=heartbeat.group, logStreamName=stream, logEvents=[event])
