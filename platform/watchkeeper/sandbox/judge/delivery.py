"""What ECR and IAM tell of the stack `Delivery`, in CloudFormation's names."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from watchkeeper.sandbox.judge.about import About, Described, Describer


def _repository(about: About) -> Described:
    client = about.client("ecr")
    found: dict[str, Any] = dict(client.describe_repositories(repositoryNames=[about.id])["repositories"][0])
    try:
        policy = client.get_repository_policy(repositoryName=about.id)["policyText"]
        found["RepositoryPolicyText"] = json.loads(policy)
    except ClientError:
        found["RepositoryPolicyText"] = None
    try:
        text = client.get_lifecycle_policy(repositoryName=about.id)["lifecyclePolicyText"]
        found["LifecyclePolicy"] = {"LifecyclePolicyText": text}
    except ClientError:
        found["LifecyclePolicy"] = None
    return found


def _provider(about: About) -> Described:
    found = about.client("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=about.id)
    return {"Url": f"https://{found['Url']}", "ClientIdList": found["ClientIDList"]}


DESCRIBERS: Mapping[str, Describer] = {
    "AWS::ECR::Repository": _repository,
    "AWS::IAM::OIDCProvider": _provider,
}
