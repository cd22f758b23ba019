"""Scaling policies as CloudFormation properties."""

from collections.abc import Mapping

from aws_cdk import aws_applicationautoscaling as aas
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from watchkeeper.autoscaling.alarms import step_alarm as alarm_of
from watchkeeper.autoscaling.metrics import Names, as_queried
from watchkeeper.autoscaling.model import (
    CloudWatchMetric,
    MetricMath,
    PredictivePolicy,
    StepPolicy,
    TargetTrackingPolicy,
)

_Policy = aas.CfnScalingPolicy
REQUEST_COUNT = "ALBRequestCount"


def tracking_configuration(
    policy: TargetTrackingPolicy, names: Names, label: str | None
) -> aas.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty:
    """A target-tracking policy. label: of the load balancer and target group, for requests. Raises MissingNameError."""
    predefined = customized = None
    metric = policy.metric
    if isinstance(metric, str):
        # The CDK's enumeration lacks the high-resolution metrics of ECS; CloudFormation takes the name.
        predefined = _Policy.PredefinedMetricSpecificationProperty(predefined_metric_type=metric, resource_label=label)
    else:
        customized = _customized(as_queried(metric, names))
    return _Policy.TargetTrackingScalingPolicyConfigurationProperty(
        target_value=policy.target,
        scale_out_cooldown=policy.scale_out_cooldown_s,
        scale_in_cooldown=policy.scale_in_cooldown_s,
        disable_scale_in=policy.disable_scale_in,
        predefined_metric_specification=predefined,
        customized_metric_specification=customized,
    )


def _customized(metric: CloudWatchMetric | MetricMath) -> aas.CfnScalingPolicy.CustomizedMetricSpecificationProperty:
    if isinstance(metric, CloudWatchMetric):
        return _Policy.CustomizedMetricSpecificationProperty(
            namespace=metric.namespace,
            metric_name=metric.name,
            statistic=metric.statistic,
            unit=metric.unit or None,
            dimensions=[
                _Policy.MetricDimensionProperty(name=name, value=value) for name, value in metric.dimensions.items()
            ],
        )
    query = _Policy.TargetTrackingMetricDataQueryProperty
    parts = [
        query(
            id=name,
            return_data=False,
            metric_stat=_Policy.TargetTrackingMetricStatProperty(
                stat=each.statistic,
                unit=each.unit or None,
                metric=_Policy.TargetTrackingMetricProperty(
                    namespace=each.namespace,
                    metric_name=each.name,
                    dimensions=[
                        _Policy.TargetTrackingMetricDimensionProperty(name=key, value=value)
                        for key, value in each.dimensions.items()
                    ],
                ),
            ),
        )
        for name, each in metric.metrics.items()
    ]
    result = query(
        id=_result_id(metric.metrics), expression=metric.expression, label=metric.label or None, return_data=True
    )
    return _Policy.CustomizedMetricSpecificationProperty(metrics=[*parts, result])


def _result_id(taken: Mapping[str, object]) -> str:
    name = "result"
    while name in taken:
        name += "_"
    return name


def step_configuration(policy: StepPolicy) -> aas.CfnScalingPolicy.StepScalingPolicyConfigurationProperty:
    """A step policy, without its alarm."""
    return _Policy.StepScalingPolicyConfigurationProperty(
        adjustment_type=policy.adjustment,
        cooldown=policy.cooldown_s,
        metric_aggregation_type="Average",
        min_adjustment_magnitude=policy.min_adjustment or None,
        step_adjustments=[
            _Policy.StepAdjustmentProperty(
                metric_interval_lower_bound=step.lower,
                metric_interval_upper_bound=step.upper,
                scaling_adjustment=step.change,
            )
            for step in policy.steps
        ],
    )


def step_alarm(
    scope: Construct, policy: StepPolicy, service: str, names: Names, policy_arn: str
) -> cloudwatch.CfnAlarm:
    """The alarm that invokes a step policy. Raises MissingNameError."""
    alarm = alarm_of(policy, names.cluster, service)
    query = as_queried(policy.metric, names)
    watched: dict[str, object] = {"metrics": _alarm_queries(query)} if isinstance(query, MetricMath) else {
        "namespace": query.namespace,
        "metric_name": query.name,
        "statistic": query.statistic,
        "unit": query.unit or None,
        "period": query.period_s,
        "dimensions": [
            cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value) for name, value in query.dimensions.items()
        ],
    }  # fmt: skip
    return cloudwatch.CfnAlarm(
        scope,
        f"Alarm-{policy.id}",
        alarm_name=alarm.name,
        alarm_description=f"Invokes the step policy {policy.id} of the service {service}",
        comparison_operator=alarm.comparison,
        threshold=alarm.threshold,
        evaluation_periods=alarm.periods,
        datapoints_to_alarm=alarm.needed or alarm.periods,
        treat_missing_data=alarm.missing,
        alarm_actions=[policy_arn],
        **watched,  # type: ignore[arg-type]
    )


def _alarm_queries(metric: MetricMath) -> list[cloudwatch.CfnAlarm.MetricDataQueryProperty]:
    alarm = cloudwatch.CfnAlarm
    parts = [
        alarm.MetricDataQueryProperty(
            id=name,
            return_data=False,
            metric_stat=alarm.MetricStatProperty(
                stat=each.statistic,
                period=each.period_s,
                unit=each.unit or None,
                metric=alarm.MetricProperty(
                    namespace=each.namespace,
                    metric_name=each.name,
                    dimensions=[
                        alarm.DimensionProperty(name=key, value=value) for key, value in each.dimensions.items()
                    ],
                ),
            ),
        )
        for name, each in metric.metrics.items()
    ]
    result = alarm.MetricDataQueryProperty(
        id=_result_id(metric.metrics), expression=metric.expression, label=metric.label or None, return_data=True
    )
    return [*parts, result]


def predictive_configuration(
    policy: PredictivePolicy, label: str | None
) -> aas.CfnScalingPolicy.PredictiveScalingPolicyConfigurationProperty:
    """A predictive policy. label: of the load balancer and target group, where it counts requests."""
    pair = _Policy.PredictiveScalingPredefinedMetricPairProperty(
        predefined_metric_type=policy.metric, resource_label=label
    )
    is_raised = policy.max_breach == "IncreaseMaxCapacity"
    return _Policy.PredictiveScalingPolicyConfigurationProperty(
        mode=policy.mode,
        scheduling_buffer_time=policy.buffer_s,
        max_capacity_breach_behavior=policy.max_breach,
        max_capacity_buffer=policy.max_buffer_percent if is_raised else None,
        metric_specifications=[
            _Policy.PredictiveScalingMetricSpecificationProperty(
                target_value=policy.target, predefined_metric_pair_specification=pair
            )
        ],
    )
