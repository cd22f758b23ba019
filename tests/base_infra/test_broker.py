"""The broker, which is off by default."""

from pathlib import Path

from tests.base_infra.conftest import LOCAL_NETWORK, Assembly, edited, synthesize


def test_there_is_no_broker_unless_it_is_declared(assembly: Assembly) -> None:
    """No stack, no security group, no ACL entry."""
    assert not any(name.endswith("-Broker") for name in assembly.templates)


def test_a_provisioned_broker_loses_no_acknowledged_write_with_one_zone(widest: Assembly) -> None:
    """Brokers in the three data subnets, three copies, two in sync."""
    cluster = widest.one("local-Broker", "AWS::MSK::Cluster")
    properties = widest.one("local-Broker", "AWS::MSK::Configuration")["ServerProperties"]

    assert cluster["NumberOfBrokerNodes"] == 6
    assert len(cluster["BrokerNodeGroupInfo"]["ClientSubnets"]) == 3
    assert "default.replication.factor=3" in properties
    assert "min.insync.replicas=2" in properties


def test_a_provisioned_broker_takes_tls_and_iam_only_and_tells_what_it_does(widest: Assembly) -> None:
    """Encrypted in transit and at rest, logs in CloudWatch, exporters on for the Datadog Agent."""
    cluster = widest.one("local-Broker", "AWS::MSK::Cluster")

    assert cluster["EncryptionInfo"]["EncryptionInTransit"] == {"ClientBroker": "TLS", "InCluster": True}
    assert cluster["ClientAuthentication"]["Unauthenticated"] == {"Enabled": False}
    assert cluster["ClientAuthentication"]["Sasl"] == {"Iam": {"Enabled": True}}
    assert cluster["LoggingInfo"]["BrokerLogs"]["CloudWatchLogs"]["Enabled"] is True
    assert set(cluster["OpenMonitoring"]["Prometheus"]) == {"JmxExporter", "NodeExporter"}
    assert cluster["BrokerNodeGroupInfo"]["ConnectivityInfo"]["PublicAccess"] == {"Type": "DISABLED"}


def test_a_serverless_broker_is_one_word_away(declared: str, tmp_path: Path) -> None:
    """The same subnets and group, IAM only; it has no exporters, so their ports stay closed."""
    text = edited(declared, LOCAL_NETWORK, LOCAL_NETWORK + "    broker: {kind: serverless}\n")
    made = synthesize(text, "local", tmp_path)

    cluster = made.one("local-Broker", "AWS::MSK::ServerlessCluster")
    assert cluster["ClientAuthentication"] == {"Sasl": {"Iam": {"Enabled": True}}}
    (config,) = cluster["VpcConfigs"]
    assert len(config["SubnetIds"]) == 3
    ports = {
        item["Properties"]["FromPort"]
        for item in made.resources("local-Foundation", "AWS::EC2::SecurityGroupIngress").values()
    }
    assert ports == {80, 443, 5432, 9000, 9098}
