"""Everything else that a scaling file may say: metrics of one's own, steps, schedules, forecast, resolution."""

import pytest

from tests.conftest import ROOT
from watchkeeper.autoscaling.load import Declared, build_scaling, load_declared
from watchkeeper.autoscaling.model import CloudWatchMetric, MetricMath, ScalingConfig, Step, SuspendedState
from watchkeeper.errors import ConfigError
from watchkeeper.project.source import parse_document

RICH = """\
service: shop
min: 2
max: 20
high_resolution: prepare
policies:
  - {id: cpu, metric: ECSServiceAverageCPUUtilizationHighResolution, target: 55}
  - id: backlog
    target: 10
    math:
      expression: messages / FILL(tasks, 1)
      metrics:
        messages: {namespace: AWS/SQS, name: Visible, dimensions: {QueueName: q}, statistic: Sum}
        tasks: {namespace: App, name: Tasks, dimensions: {Service: $service}}
step_policies:
  - id: surge
    cloudwatch: {namespace: App, name: Wait, period_s: 10}
    comparison: GreaterThanThreshold
    threshold: 5
    periods: 3
    steps: [{lower: 0, upper: 5, change: 1}, {lower: 5, change: 3}]
predictive: {metric: ALBRequestCount, target: 900}
schedules:
  - {id: up, schedule: cron(30 7 ? * MON-FRI *), timezone: Europe/Berlin, min: 6, start: 2027-01-01T00:00:00}
environments:
  prod:
    high_resolution: on
    step_policies: {surge: {threshold: 8}}
    predictive: {mode: ForecastAndScale}
    schedules: {up: {min: 9}}
    suspended: {scale_in: true}
"""


def build(text: str, env: str = "dev") -> ScalingConfig:
    return build_scaling(parse_document(text, "autoscaling/shop.yaml"), "shop", env, ("dev", "prod"))


def problems(text: str) -> list[tuple[int, int, str, str]]:
    with pytest.raises(ConfigError) as caught:
        build(text)
    return [(each.where.line, each.where.column, each.what, each.fix) for each in caught.value.problems if each.where]


def test_a_file_says_metrics_steps_schedules_and_a_forecast() -> None:
    """Each as its own value."""
    config = build(RICH)
    backlog = config.policies[1].metric
    (surge,) = config.step_policies
    (up,) = config.schedules

    assert isinstance(backlog, MetricMath)
    assert backlog.metrics["messages"] == CloudWatchMetric(
        namespace="AWS/SQS", name="Visible", dimensions={"QueueName": "q"}, statistic="Sum"
    )
    assert (surge.periods, surge.datapoints, surge.period_s) == (3, 3, 10)
    assert surge.steps == (Step(change=1, lower=0, upper=5), Step(change=3, lower=5))
    assert config.predictive is not None
    assert config.predictive.mode == "ForecastOnly"
    assert (str(up.schedule), up.min, up.max) == ("cron(30 7 ? * MON-FRI *)", 6, None)
    assert up.starts_at == 1_798_758_000  # midnight in Berlin


def test_until_high_resolution_is_on_a_policy_reads_the_same_every_60_seconds() -> None:
    """`prepare` publishes; `on` reads."""
    assert build(RICH).policies[0].metric == "ECSServiceAverageCPUUtilization"
    assert build(RICH, "prod").policies[0].metric == "ECSServiceAverageCPUUtilizationHighResolution"


def test_an_environment_changes_steps_schedules_and_forecast_too() -> None:
    """By id, and only what it names."""
    prod = build(RICH, "prod")

    assert (prod.step_policies[0].threshold, prod.step_policies[0].periods) == (8, 3)
    assert prod.predictive is not None
    assert (prod.predictive.mode, prod.predictive.target) == ("ForecastAndScale", 900)
    assert prod.schedules[0].min == 9
    assert prod.suspended == SuspendedState(scale_in=True)


def test_a_place_is_that_of_the_override_where_it_has_one() -> None:
    """Else that of the file."""
    document = parse_document(RICH, "autoscaling/shop.yaml")
    declared = Declared(build_scaling(document, "shop", "prod"), document, "prod")

    assert str(declared.where("schedules", "up", "min")) == "autoscaling/shop.yaml:29:27"
    assert str(declared.where("policies", "cpu", "target")) == "autoscaling/shop.yaml:6:78"


def test_all_problems_of_metrics_come_at_once() -> None:
    """None, two, an unknown name, an unused one, a period that target tracking does not read."""
    text = """\
service: shop
min: 1
max: 2
policies:
  - {id: none, target: 1}
  - {id: two, target: 1, metric: ALBRequestCountPerTarget, cloudwatch: {namespace: A, name: B}}
  - {id: slow, target: 1, cloudwatch: {namespace: A, name: C, period_s: 300, dimensions: {S: $servce}}}
  - id: sum
    target: 1
    math: {expression: a / tsks, metrics: {a: {namespace: A, name: D}, b: {namespace: A, name: E}}}
"""

    assert problems(text) == [
        (5, 5, "the policy `none` says no metric",
         "add `metric:` with a name that Application Auto Scaling knows, `cloudwatch:` or `math:`"),
        (6, 60, "the policy `two` says `metric` and `cloudwatch`", "keep one of them"),
        (7, 73, "target tracking reads a metric every minute, not every 300 s", "leave `period_s` out"),
        (7, 94, "`$servce` names nothing that is deployed", "did you mean `$service`?"),
        (10, 28, "the expression names the unknown metric `tsks`", "known: a, b"),
        (10, 72, "the expression does not use `b`", "use it, or remove it"),
    ]  # fmt: skip


def test_all_problems_of_steps_come_at_once() -> None:
    """Holes, overlaps, an empty step, an end too early, none at all, a number of tasks below zero."""

    def policy(name: str, steps: str, rest: str = "") -> str:
        return (
            f"  - {{id: {name}, metric: ECSServiceAverageCPUUtilization, comparison: GreaterThanThreshold, "
            f"threshold: 1, {rest}steps: [{steps}]}}\n"
        )

    text = "service: shop\nmin: 1\nmax: 2\nstep_policies:\n"
    text += policy("hole", "{lower: 0, upper: 5, change: 1}, {lower: 9, change: 2}")
    text += policy("overlap", "{lower: 0, upper: 5, change: 1}, {lower: 4, change: 2}")
    text += policy("end", "{lower: 0, upper: 5, change: 1}")
    text += policy("empty", "{lower: 0, change: 1}", "datapoints: 2, min_adjustment: 1, ")
    text += policy("none", "")
    text += policy("exact", "{lower: 0, change: -1}", "adjustment: ExactCapacity, ")

    assert [(line, what) for line, _, what, _ in problems(text)] == [
        (5, "no step covers 5 to 9 from the threshold"),
        (6, "two steps cover 4 to 5 from the threshold"),
        (7, "a breach beyond 5 from the threshold changes nothing"),
        (8, "the alarm of `empty` needs 2 of 1 datapoints"),
        (8, "`min_adjustment` has no meaning with `ChangeInCapacity`"),
        (9, "the step policy `none` says no step"),
        (10, "-1 is no number of tasks"),
    ]


def test_all_problems_of_schedules_come_at_once() -> None:
    """At the character of the expression; bounds, time zones and dates too, and those of an environment."""
    text = """\
service: shop
min: 2
max: 4
schedules:
  - {id: a, schedule: cron(0 25 ? * * *), min: 3}
  - {id: b, schedule: rate(5 minutes)}
  - {id: c, schedule: rate(5 minutes), timezone: Europe/Berlyn, min: 9}
  - {id: c, schedule: rate(5 minutes), max: 1, start: 2027-01-01T00:00:00Z}
environments:
  prod: {max: 8, schedules: {d: {min: 1}, a: {min: 10}}, predictive: {target: 1}}
"""

    assert problems(text) == [
        (5, 30, "`25` is no hours", "use 0 to 23; `*`, lists, ranges and `/` steps of them"),
        (6, 5, "the scheduled action `b` sets neither min nor max", "add `min:` or `max:`"),
        (7, 50, "unknown time zone `Europe/Berlyn`", "use an IANA name, such as Europe/Berlin"),
        (7, 70, "min 9 is larger than max 4", "lower min or raise max"),
        (8, 10, "duplicate scheduled action `c`", "give it an id of its own"),
        (8, 45, "min 2 is larger than max 1", "lower min or raise max"),
        (8, 55, "`2027-01-01T00:00:00Z` is no date and time",
         "write it as 2027-01-31T08:00:00, without an offset: it is read in `timezone`"),
        (10, 9, "min 9 is larger than max 8 in `prod` for `c`", "lower min or raise max"),
        (10, 15, "min 2 is larger than max 1 in `prod` for `c`", "lower min or raise max"),
        (10, 30, "`prod` overrides the unknown scheduled action `d`", "known: a, b, c"),
        (10, 52, "min 10 is larger than max 8 in `prod` for `a`", "lower min or raise max"),
        (10, 58, "`prod` overrides a predictive policy that the file does not have", "add `predictive:` to the file"),
    ]  # fmt: skip


def test_high_resolution_and_standard_resolution_of_one_metric_are_the_same_metric() -> None:
    """Application Auto Scaling refuses the second policy."""
    text = """\
service: shop
min: 1
max: 2
policies:
  - {id: a, target: 50, metric: ECSServiceAverageCPUUtilization}
  - {id: b, target: 60, metric: ECSServiceAverageCPUUtilizationHighResolution}
"""

    assert [what for _, _, what, _ in problems(text)] == ["the policies `a` and `b` track the same metric"]


def test_the_places_of_this_repositorys_files_are_known() -> None:
    """Every bound of every service stands somewhere."""
    declared = load_declared(ROOT, "api", "prod")

    assert declared.where("max").line > declared.document.at(("max",)).line


def test_an_expression_without_metrics_is_named_and_a_wrong_one_at_its_character() -> None:
    """Nothing is computed from nothing."""
    text = """\
service: shop
min: 1
max: 2
policies:
  - {id: a, target: 1, math: {expression: 1 + 1, metrics: {}}}
  - {id: b, target: 1, math: {expression: m / / 2, metrics: {m: {namespace: A, name: B}}}}
"""

    assert [(line, column, what) for line, column, what, _ in problems(text)] == [
        (5, 59, "the expression has no metric"),
        (6, 47, "a metric, a number or a function is missing in `m / / 2`"),
    ]


def test_more_policies_and_scheduled_actions_than_aws_takes_are_refused() -> None:
    """50 policies of all kinds together, 200 scheduled actions; told before a deploy fails with them."""
    steps = "".join(
        f"  - {{id: s{each}, metric: ECSServiceAverageCPUUtilization, comparison: GreaterThanThreshold, "
        "threshold: 5, steps: [{lower: 0, change: 1}]}\n"
        for each in range(51)
    )
    actions = "".join(f"  - {{id: a{each}, schedule: rate(1 day), min: 3}}\n" for each in range(201))
    found = problems(f"service: shop\nmin: 2\nmax: 20\npolicies: []\nstep_policies:\n{steps}schedules:\n{actions}")

    assert [(line, what) for line, _, what, _ in found] == [
        (4, "AWS takes 50 policies a service, not 51"),
        (57, "AWS takes 200 scheduled actions a service, not 201"),
    ]
