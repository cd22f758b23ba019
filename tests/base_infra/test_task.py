"""The task of a service: the application and what stands beside it."""

from typing import Any

import pytest

from tests.base_infra.conftest import Assembly


def containers(assembly: Assembly, stack: str) -> dict[str, Any]:
    task = assembly.one(stack, "AWS::ECS::TaskDefinition")
    return {container["Name"]: container for container in task["ContainerDefinitions"]}


def variables(container: Any) -> dict[str, Any]:
    return {each["Name"]: each["Value"] for each in container["Environment"]}


def test_a_service_is_sized_as_its_environment_says(assembly: Assembly) -> None:
    """Prod overrides the size of `api`; the container listens on 80 and 9000 everywhere."""

    def task(env: str) -> tuple[object, ...]:
        properties = assembly.one(f"{env}-Service-api", "AWS::ECS::TaskDefinition")
        ports = [each["ContainerPort"] for each in containers(assembly, f"{env}-Service-api")["api"]["PortMappings"]]
        return properties["Cpu"], properties["Memory"], ports

    assert task("local") == ("512", "1024", [80, 9000])
    assert task("prod") == ("1024", "2048", [80, 9000])


def test_the_application_is_not_root_and_cannot_write_its_own_files(assembly: Assembly) -> None:
    """It binds port 80 all the same, by the sysctl of its own network namespace; it has no capability left."""
    application = containers(assembly, "prod-Service-api")["api"]

    assert application["User"] == "10001:10001"
    assert application["ReadonlyRootFilesystem"] is True
    assert application["SystemControls"] == [{"Namespace": "net.ipv4.ip_unprivileged_port_start", "Value": "0"}]
    assert application["LinuxParameters"]["Capabilities"]["Drop"] == ["ALL"]


def test_ecs_exec_comes_with_a_writable_root_in_dev(assembly: Assembly) -> None:
    """The agent of ECS Exec writes into the container; the profile of dev says both."""
    application = containers(assembly, "dev-Service-api")["api"]

    assert application["ReadonlyRootFilesystem"] is False


def test_writer_and_reader_are_told_apart(assembly: Assembly) -> None:
    """Two variables, two endpoints of the cluster; the password is read behind the secret's ARN."""
    told = variables(containers(assembly, "prod-Service-api")["api"])

    assert "ClusterEndpointAddress" in told["DATABASE_WRITER_HOST"]["Fn::ImportValue"]
    assert "ClusterReadEndpointAddress" in told["DATABASE_READER_HOST"]["Fn::ImportValue"]
    assert "MasterUserSecret" in told["DATABASE_SECRET_ARN"]["Fn::ImportValue"]
    assert told["DATABASE_USER"] == "api"


def test_images_beside_the_application_are_pinned(assembly: Assembly) -> None:
    """A tag that moves would change a task that nobody deployed; ECS resolves each tag once per deployment."""
    found = containers(assembly, "prod-Service-api")

    for name in ("datadog-agent", "init-volume", "log-router"):
        tag = found[name]["Image"].rpartition(":")[2]
        assert tag not in ("latest", "stable")
        assert tag[0].isdigit()
    assert found["api"]["VersionConsistency"] == "enabled"


def test_logs_go_to_the_intake_of_the_projects_own_site_over_tls(assembly: Assembly) -> None:
    """Datadog's construct would send them to the American host; the API key comes from its secret."""
    logging = containers(assembly, "prod-Service-api")["api"]["LogConfiguration"]

    assert logging["LogDriver"] == "awsfirelens"
    wanted = {"Host": "http-intake.logs.datadoghq.eu", "TLS": "on", "compress": "gzip", "Retry_Limit": "8"}
    assert wanted.items() <= logging["Options"].items()
    assert logging["Options"]["dd_tags"] == "env:prod,service:api,team:checkout,version:1.0"
    assert (logging["Options"]["dd_service"], logging["Options"]["dd_source"]) == ("api", "go")
    (secret,) = logging["SecretOptions"]
    assert secret["ValueFrom"]["Fn::Join"][1][1] == ":api_key::"


def test_neither_agent_nor_router_ends_a_task(assembly: Assembly) -> None:
    """They are started again, and their own output is in CloudWatch, where it is read when the way is broken."""
    found = containers(assembly, "prod-Service-api")

    for name in ("datadog-agent", "init-volume", "log-router"):
        assert found[name]["Essential"] is False
        assert found[name]["LogConfiguration"]["LogDriver"] == "awslogs"
    for name in ("datadog-agent", "log-router"):
        assert found[name]["RestartPolicy"] == {"Enabled": True}
    assert "RestartPolicy" not in found["init-volume"]
    assert found["api"]["Essential"] is True
    assert found["log-router"]["FirelensConfiguration"]["Type"] == "fluentbit"


def test_the_agent_speaks_for_the_service_over_sockets(assembly: Assembly) -> None:
    """Metrics and traces through a shared socket; env, service and version are set on both sides."""
    found = containers(assembly, "prod-Service-api")

    agent, application = variables(found["datadog-agent"]), variables(found["api"])
    assert (agent["DD_SITE"], agent["ECS_FARGATE"]) == ("datadoghq.eu", "true")
    assert application["DD_TRACE_AGENT_URL"] == "unix:///var/run/datadog/apm.socket"
    version = found["api"]["Image"].rpartition(":")[2]
    for name, value in (("DD_ENV", "prod"), ("DD_SERVICE", "api"), ("DD_VERSION", version)):
        assert (agent[name], application[name]) == (value, value)


def test_without_the_agent_logs_go_to_cloudwatch_alone(widest: Assembly) -> None:
    """One container, on ARM where the service says so."""
    found = containers(widest, "local-Service-api")
    task = widest.one("local-Service-api", "AWS::ECS::TaskDefinition")

    assert list(found) == ["api"]
    assert found["api"]["LogConfiguration"]["LogDriver"] == "awslogs"
    assert task["RuntimePlatform"]["CpuArchitecture"] == "ARM64"


def test_a_client_of_the_broker_is_told_its_cluster_and_may_use_that_one_only(widest: Assembly) -> None:
    """Addresses are asked for by the cluster's ARN."""
    told = variables(containers(widest, "local-Service-api")["api"])
    roles = widest.resources("local-Service-api", "AWS::IAM::Role").values()

    assert "local-Broker" in told["BROKER_CLUSTER_ARN"]["Fn::ImportValue"]
    statements = [
        s for r in roles for p in r["Properties"].get("Policies", []) for s in p["PolicyDocument"]["Statement"]
    ]
    kafka = [statement for statement in statements if "kafka" in str(statement["Action"])]
    assert len(kafka) == 3
    assert all("local-Broker" in str(statement["Resource"]) for statement in kafka)


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("app", "latest"), ("app:1.4", "1.4"), ("registry:5000/app", "latest"),
        ("registry:5000/app:2", "2"), ("app@sha256:0123456789abcdef0123", "0123456789ab"),
    ],
)  # fmt: skip
def test_the_version_of_an_image_is_its_tag_or_the_start_of_its_digest(image: str, version: str) -> None:
    """A port in the registry's name is no tag."""
    from base_infra.task import image_version

    assert image_version(image) == version
