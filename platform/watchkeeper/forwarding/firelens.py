"""What the log router beside a task is told: the options of Fluent Bit's output `datadog`. Pure.

Source: fluent/fluent-bit, plugins/out_datadog, and its manual page "Datadog", read 2026-11. By default the output
speaks without TLS to datadoghq.com and repeats a chunk once.
"""

from collections.abc import Mapping

from watchkeeper.forwarding.sites import Site


def router_options(site: Site, *, source: str, tags: Mapping[str, str], retries: int) -> dict[str, str]:
    """Over TLS to the site's own intake, compressed, repeated, and never holding up a task.

    tags: with `service`, which becomes the log's service. The key is no option: it comes from a secret, as `apikey`.
    """
    return {
        "Name": "datadog",
        "Host": site.agent_logs_host,
        "TLS": "on",
        "compress": "gzip",
        "provider": "ecs",
        "Retry_Limit": str(retries),
        "dd_service": tags["service"],
        "dd_source": source,
        "dd_tags": ",".join(f"{name}:{value}" for name, value in tags.items()),
        "log-driver-buffer-limit": "2097152",
    }
