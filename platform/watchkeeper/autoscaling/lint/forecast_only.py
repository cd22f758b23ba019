"""forecast-only: a predictive policy that forecasts and does not scale; right for two weeks, then forgotten."""

from collections.abc import Iterator

from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.errors import Problem


def check(subject: Subject) -> Iterator[Problem]:
    """The mode ForecastOnly, which is AWS's default."""
    policy = subject.config.predictive
    if policy is not None and policy.mode == "ForecastOnly":
        what = f"the predictive policy `{policy.id}` forecasts only: it starts no task"
        fix = "compare its forecast with the load, then write `mode: ForecastAndScale`"
        where = subject.where("predictive", "mode")
        yield Problem(what, where, fix=fix, rule="forecast-only", severity="info")
