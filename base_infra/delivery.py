"""Stack `Delivery`: what the workflows deploy with. An administrator deploys it once: `cdk deploy -c stack=delivery`.

It stands in the registry's account. Workflows bring no keys: GitHub's token is exchanged for a role, one for each
GitHub environment. A role does nothing in an environment's account by itself; it assumes the roles that
`cdk bootstrap --trust` has made there.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from aws_cdk import App, Aws, CfnOutput, RemovalPolicy, Stack
from aws_cdk import Environment as Account
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from constructs import Construct

from base_infra.stack import tag
from watchkeeper.constructs.roles import allow
from watchkeeper.delivery.images import TAG_PREFIX, Pinned, read_pinned, repository_name, sources
from watchkeeper.delivery.model import BUILD, COMPARE, Delivery, bootstrap_role, load_delivery, role_name
from watchkeeper.errors import UsageError
from watchkeeper.project.load import load_project
from watchkeeper.project.model import Environment, Project

NAME: Final = "delivery"
ISSUER: Final = "token.actions.githubusercontent.com"
AUDIENCE: Final = "sts.amazonaws.com"
PULL: Final = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_READ: Final = ("ecr:DescribeImages", *PULL)
_PUSH: Final = ("ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart")
_KEPT_IMAGES: Final = 500
_LOOK_S, _DEPLOY_S = 3600, 7200
"""Credentials of a deploy outlive its job: a first one waits most of an hour for a broker and a database."""


def is_delivery(app: App) -> bool:
    """Whether `-c stack=delivery` was given. Raises UsageError for any other stack."""
    chosen = app.node.try_get_context("stack")
    if chosen not in (None, NAME):
        raise UsageError(f"there is no stack `{chosen}`", f"write -c stack={NAME}, or -c env=NAME for an environment")
    return bool(chosen == NAME)


def read_images(app: App) -> Pinned:
    """The JSON object of `-c images=...`: what `watchkeeper delivery images --json` prints. Raises UsageError."""
    return read_pinned(app.node.try_get_context("images") or {})


def add_delivery(app: App, root: Path) -> Stack:
    """The one stack. Raises ConfigError with the problems of watchkeeper.yaml, or of platform/delivery.yaml."""
    project = load_project(root)
    delivery = load_delivery(project)
    stack = DeliveryStack(
        app,
        "Delivery",
        project,
        delivery,
        env=Account(account=delivery.registry.account, region=delivery.registry.region),
        description=f"Registry and roles of the workflows of {project.name}",
        termination_protection=True,
    )
    tag(stack, {"managed_by": "watchkeeper"})
    return stack


class DeliveryStack(Stack):
    """Repositories, the identity provider, and the roles."""

    def __init__(self, scope: Construct, id: str, project: Project, delivery: Delivery, **kwargs: object) -> None:
        super().__init__(scope, id, **kwargs)  # type: ignore[arg-type]
        self._project = project
        self._delivery = delivery
        environments = [project.environment(name) for name in delivery.deployed]
        repositories = [self._repository(source, environments) for source in sources(project)]
        provider = self._provider()
        arns = [repository.attr_arn for repository in repositories]
        self._role(provider, BUILD, _registry([*_READ, *_PUSH], arns))
        for environment in environments:
            deploying = _cdk(environment, ("deploy", "file-publishing", "lookup"))
            self._role(provider, environment.name, [deploying, *_registry(_READ, arns)], _DEPLOY_S)
            looking = _cdk(environment, ("lookup",))
            self._role(provider, environment.name + COMPARE, [looking, *_registry(_READ, arns)])

    def _provider(self) -> str:
        """The ARN of GitHub as an identity provider. An account takes one of each address."""
        if self._delivery.github.provider == "existing":
            return f"arn:{Aws.PARTITION}:iam::{self.account}:oidc-provider/{ISSUER}"
        # IAM knows GitHub's certificate authority; a thumbprint would only break when GitHub changes its certificate.
        made = iam.CfnOIDCProvider(self, "GitHub", url=f"https://{ISSUER}", client_id_list=[AUDIENCE])
        return str(made.ref)

    def _repository(self, source: str, environments: Sequence[Environment]) -> ecr.CfnRepository:
        """Of one source folder. Tags never move; every environment's account may pull."""
        accounts = sorted({environment.account for environment in environments})
        roots = [f"arn:{Aws.PARTITION}:iam::{account}:root" for account in accounts]
        pull = {"Sid": "Pull", "Effect": "Allow", "Principal": {"AWS": roots}, "Action": list(PULL)}
        rules = [
            _expiry(1, {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days"}, 14),
            _expiry(
                2,
                {"tagStatus": "tagged", "tagPrefixList": [TAG_PREFIX], "countType": "imageCountMoreThan"},
                _KEPT_IMAGES,
            ),
        ]
        name = repository_name(self._project.name, source)
        repository = ecr.CfnRepository(
            self,
            f"Repository-{name.partition('/')[2]}",
            repository_name=name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=ecr.CfnRepository.ImageScanningConfigurationProperty(scan_on_push=True),
            lifecycle_policy=ecr.CfnRepository.LifecyclePolicyProperty(
                lifecycle_policy_text=json.dumps({"rules": rules})
            ),
            repository_policy_text={"Version": "2012-10-17", "Statement": [pull]},
        )
        repository.apply_removal_policy(RemovalPolicy.RETAIN)
        return repository

    def _role(
        self, provider: str, environment: str, statements: Sequence[Mapping[str, object]], lasts_s: int = _LOOK_S
    ) -> None:
        """For the jobs of one GitHub environment of one repository, and for nothing else. lasts_s: the credentials."""
        subjects = list(self._delivery.github.subjects(environment))
        trust = {
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{ISSUER}:aud": AUDIENCE, f"{ISSUER}:sub": subjects}},
        }
        role = iam.CfnRole(
            self,
            f"Role-{environment}",
            role_name=role_name(self._project.name, environment),
            description=f"Jobs of {self._delivery.github.name} in the GitHub environment {environment}",
            assume_role_policy_document={"Version": "2012-10-17", "Statement": [trust]},
            max_session_duration=lasts_s,
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="Inline", policy_document={"Version": "2012-10-17", "Statement": list(statements)}
                )
            ],
        )
        CfnOutput(self, f"RoleOf{environment.title().replace('-', '')}", value=role.attr_arn)


def _cdk(environment: Environment, roles: Sequence[str]) -> dict[str, object]:
    """May assume roles that the bootstrap of the environment's account has made."""
    account, region = environment.account, environment.region
    names = [bootstrap_role(kind, account, region) for kind in roles]
    arns = [f"arn:{Aws.PARTITION}:iam::{account}:role/{name}" for name in names]
    return allow(["sts:AssumeRole"], *arns)


def _registry(actions: Sequence[str], repositories: Sequence[str]) -> list[dict[str, object]]:
    if not repositories:
        return []
    return [allow(["ecr:GetAuthorizationToken"], "*"), allow(sorted(actions), *repositories)]


def _expiry(priority: int, selection: Mapping[str, Any], count: int) -> dict[str, Any]:
    chosen = {**selection, "countNumber": count}
    return {"rulePriority": priority, "selection": chosen, "action": {"type": "expire"}}
