"""A deploy as PagerDuty and Datadog are told of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from watchkeeper.timeline import utc_text

_SUMMARY: Final = 1024
"""PagerDuty's limit. Source: developer-docs, Change Events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployReport:
    """What was deployed. commit: full hash. at: Unix seconds. images, versions: by service. url: of the run.

    A version is the commit that built the image; it is older than `commit` where the source has not changed since.
    """

    project: str
    env: str
    commit: str
    ref: str
    at: int
    is_success: bool
    url: str = ""
    images: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """One sentence."""
        verb = "Deployed" if self.is_success else "Failed to deploy"
        ref = self.ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
        return f"{verb} {self.project} {ref} ({self.commit[:12]}) to {self.env}"


def change_event(report: DeployReport, service: str, routing_key: str) -> dict[str, Any]:
    """The body of PagerDuty's `POST /v2/change/enqueue` for one PagerDuty service.

    service: whose it is; one that is not deployed is what services share.
    """
    details = {"env": report.env, "commit": report.commit, "ref": report.ref}
    details["outcome"] = "succeeded" if report.is_success else "failed"
    if service in report.images:
        details |= {"service": service, "image": report.images[service]}
    if service in report.versions:
        details["version"] = report.versions[service]
    payload = {
        "summary": report.title[:_SUMMARY],
        "timestamp": utc_text(report.at),
        "source": f"{report.project}-{report.env}",
        "custom_details": details,
    }
    body: dict[str, Any] = {"routing_key": routing_key, "payload": payload}
    if report.url:
        body["links"] = [{"href": report.url, "text": "The run"}]
    return body


def datadog_event(report: DeployReport, teams: Mapping[str, str]) -> dict[str, Any]:
    """The body of Datadog's `POST /api/v1/events`. teams: of each service; the tags are those that monitors carry."""
    services = sorted(report.images)
    versions = sorted(set(report.versions.values())) or [report.commit]
    lines = [f"{service}: {report.images[service]}" for service in services]
    text = "\n".join([f"commit {report.commit}", *lines, *([report.url] if report.url else [])])
    return {
        "title": report.title,
        "text": text,
        "date_happened": report.at,
        "alert_type": "success" if report.is_success else "error",
        "source_type_name": "github",
        "aggregation_key": f"{report.project}-{report.env}-deploy",
        "tags": [
            f"env:{report.env}",
            *(f"service:{service}" for service in services),
            *(f"team:{team}" for team in sorted({teams[service] for service in services if service in teams})),
            *(f"version:{version}" for version in versions),
            f"git.commit.sha:{report.commit}",
            "event:deploy",
            "managed_by:watchkeeper",
        ],
    }
