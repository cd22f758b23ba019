"""desired-count-with-scaling: every deploy sets the count back, in the middle of a peak too."""

from collections.abc import Iterator

from watchkeeper.autoscaling.lint.template.parts import Template
from watchkeeper.errors import Problem


def check(template: Template) -> Iterator[Problem]:
    """DesiredCount on a service that is a scalable target."""
    for _, target in template.scalable_services():
        found = template.service_of_target(target)
        if found is not None and found[1].get("DesiredCount") is not None:
            name, service = found
            what = f"the service {name} is scaled, and sets DesiredCount to {service['DesiredCount']} at every deploy"
            where = template.where(name, "DesiredCount")
            yield Problem(what, where, fix="leave DesiredCount out", rule="desired-count-with-scaling")
