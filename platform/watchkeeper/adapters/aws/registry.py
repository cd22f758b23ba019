"""Images in Amazon ECR."""

from dataclasses import dataclass
from typing import Any

import botocore.exceptions

from watchkeeper.errors import RemoteError


@dataclass(frozen=True, slots=True)
class StoredImage:
    """digest: `sha256:...`. tags: all that it has."""

    digest: str
    tags: tuple[str, ...]


class EcrRegistry:
    """Reads one registry. client: of boto3, for `ecr`."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - boto3 has no types
        self._client = client

    def image(self, repository: str, tag: str) -> StoredImage | None:
        """The image of a tag; None when there is no such tag. Raises RemoteError."""
        try:
            answer = self._client.describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])
        except botocore.exceptions.ClientError as err:
            code = err.response.get("Error", {}).get("Code", "")
            if code == "ImageNotFoundException":
                return None
            fix = ""
            if code == "RepositoryNotFoundException":
                fix = "deploy the stack Delivery: cdk deploy -c stack=delivery"
            raise RemoteError(f"ECR refused to describe {repository}:{tag}: {code}", host="ecr", fix=fix) from None
        except botocore.exceptions.BotoCoreError as err:
            raise RemoteError(f"ECR did not answer: {err}", host="ecr", fix="check the network") from None
        found = answer["imageDetails"]  # ECR refuses an unknown tag, its likes give an empty list
        if not found:
            return None
        return StoredImage(str(found[0]["imageDigest"]), tuple(found[0].get("imageTags") or (tag,)))
