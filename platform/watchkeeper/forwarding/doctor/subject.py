"""What a rule of the doctor looks at, and what it says."""

from collections.abc import Iterator
from dataclasses import dataclass

from watchkeeper.errors import Location, Problem, Severity
from watchkeeper.forwarding.doctor.stacks import Json, Resource, Stacks, is_true, listed, mapped
from watchkeeper.forwarding.model import ForwardingFile
from watchkeeper.forwarding.sites import Site


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem, and the resource of a template that has it; empty for one of the file."""

    problem: Problem
    resource: str = ""


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a task definition. number: among the task's containers."""

    task: Resource
    name: str
    given: Json

    @property
    def variables(self) -> dict[str, object]:
        """Its variables that are no secrets."""
        return {str(each.get("Name")): each.get("Value") for each in listed(self.given.get("Environment"))}

    @property
    def is_router(self) -> bool:
        """Whether ECS hands it the logs of the others."""
        return bool(self.given.get("FirelensConfiguration"))


@dataclass(frozen=True, slots=True)
class Output:
    """Where FireLens sends the log of a container: Fluent Bit's output `datadog`. options: names in lower case."""

    container: Container
    options: dict[str, object]
    secrets: dict[str, object]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is declared, and the templates. site: the project's own. where: of the file's metrics."""

    site: Site
    declared: ForwardingFile
    where: Location | None
    stacks: Stacks

    def text(self, resource: Resource, value: object) -> str:
        """A property of a resource as text."""
        return self.stacks.text(resource.stack, value)

    def containers(self) -> Iterator[Container]:
        """Every container of every task definition."""
        for task in self.stacks.of_type("AWS::ECS::TaskDefinition"):
            for given in listed(task.properties.get("ContainerDefinitions")):
                yield Container(task, str(given.get("Name", "")), given)

    def outputs(self) -> Iterator[Output]:
        """Every log that FireLens sends to Datadog."""
        for container in self.containers():
            log = mapped(container.given.get("LogConfiguration"))
            options = {str(name).lower(): value for name, value in mapped(log.get("Options")).items()}
            secrets = {
                str(each.get("Name")).lower(): each.get("ValueFrom") for each in listed(log.get("SecretOptions"))
            }
            if log.get("LogDriver") == "awsfirelens" and str(options.get("name", "")).lower() == "datadog":
                yield Output(container, options, secrets)

    def deliveries(self) -> Iterator[tuple[Resource, Json]]:
        """Firehose streams that deliver to Datadog over HTTP, with their destination."""
        for stream in self.stacks.of_type("AWS::KinesisFirehose::DeliveryStream"):
            destination = mapped(stream.properties.get("HttpEndpointDestinationConfiguration"))
            url = self.text(stream, mapped(destination.get("EndpointConfiguration")).get("Url"))
            if any(word in url for word in ("datadoghq", "ddog-gov")):
                yield stream, destination

    def reads_secret(self, destination: Json) -> bool:
        """Whether Firehose takes the key from Secrets Manager."""
        return is_true(mapped(destination.get("SecretsManagerConfiguration")).get("Enabled"))


def finding(rule: str, resource: Resource, what: str, fix: str, severity: Severity = "error") -> Finding:
    """What a rule says of a resource."""
    return Finding(Problem(f"{resource.name}: {what}", None, fix=fix, rule=rule, severity=severity), resource.name)
