"""What MSK tells of brokers, in CloudFormation's names."""

from collections.abc import Mapping
from typing import Any

from watchkeeper.sandbox.judge.about import About, Described, Describer


def _cluster(about: About) -> Described:
    found = about.client("kafka").describe_cluster_v2(ClusterArn=about.id)["ClusterInfo"]
    provisioned: dict[str, Any] = found["Provisioned"]
    software = provisioned["CurrentBrokerSoftwareInfo"]
    return {
        **provisioned,
        "ClusterName": found["ClusterName"],
        "KafkaVersion": software["KafkaVersion"],
        "ConfigurationInfo": {
            "Arn": software["ConfigurationArn"],
            "Revision": software["ConfigurationRevision"],
        },
    }


def _serverless(about: About) -> Described:
    found = about.client("kafka").describe_cluster_v2(ClusterArn=about.id)["ClusterInfo"]
    configs = [{**each, "SecurityGroups": each.get("SecurityGroupIds")} for each in found["Serverless"]["VpcConfigs"]]
    return {**found["Serverless"], "ClusterName": found["ClusterName"], "VpcConfigs": configs}


def _configuration(about: About) -> Described:
    client = about.client("kafka")
    found = client.describe_configuration(Arn=about.id)
    revision = client.describe_configuration_revision(Arn=about.id, Revision=found["LatestRevision"]["Revision"])
    text = revision["ServerProperties"]
    told = text.decode() if isinstance(text, bytes) else text
    return {**found, "KafkaVersionsList": found["KafkaVersions"], "ServerProperties": told}


DESCRIBERS: Mapping[str, Describer] = {
    "AWS::MSK::Cluster": _cluster,
    "AWS::MSK::ServerlessCluster": _serverless,
    "AWS::MSK::Configuration": _configuration,
}
