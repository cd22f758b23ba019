"""Amazon MSK in CloudFormation: clusters, serverless clusters, configurations; and the API's second version."""

import base64
import json
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services import msk

from .containers import camel
from .resources import Made, Props, add_type, as_mapping

SERVERLESS = AccountRegionScopedDict()
_V2 = "/api/v2/clusters"


def _asked(answer: tuple[int, Any, bytes]) -> dict[str, Any]:
    status, _headers, body = answer
    told: dict[str, Any] = json.loads(body)
    if status >= 400:  # noqa: PLR2004 - HTTP's own border
        raise ValueError(told.get("message") or told.get("Message") or str(told))
    return {key[:1].upper() + key[1:]: value for key, value in told.items()}


def _typed(value: Any) -> Any:  # noqa: ANN401 - a JSON value
    """Numbers and truths that the template gave as texts."""
    if isinstance(value, Mapping):
        return {key: _typed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_typed(each) for each in value]
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return value


def _storage(given: dict[str, Any]) -> dict[str, Any]:
    """The one name that the API and the template spell in two ways."""
    brokers = given["brokerNodeGroupInfo"]
    if "eBSStorageInfo" in brokers.get("storageInfo", {}):
        brokers["storageInfo"]["ebsStorageInfo"] = brokers["storageInfo"].pop("eBSStorageInfo")
    return given


def create_cluster(_logical_id: str, props: Props, _stack: str) -> Made:
    """AWS::MSK::Cluster."""
    given = _storage(camel(_typed({name: value for name, value in props.items() if name != "Tags"})))
    given["numberOfBrokerNodes"] = int(given["numberOfBrokerNodes"])
    if "configurationInfo" in given:
        given["configurationInfo"]["revision"] = int(given["configurationInfo"]["revision"])
    given["tags"] = as_mapping(props.get("Tags"))
    arn = _asked(msk._create_cluster(json.dumps(given).encode()))["ClusterArn"]
    return arn, {"Arn": arn, "CurrentVersion": "K3AEGXETSR30VB"}


def create_serverless(_logical_id: str, props: Props, _stack: str) -> Made:
    """AWS::MSK::ServerlessCluster."""
    name = props["ClusterName"]
    arn = f"arn:aws:kafka:{get_region()}:{get_account_id()}:cluster/{name}/{uuid.uuid4()}-s1"
    SERVERLESS[arn] = {
        "clusterArn": arn,
        "clusterName": name,
        "clusterType": "SERVERLESS",
        "state": "ACTIVE",
        "tags": as_mapping(props.get("Tags")),
        "serverless": {
            "clientAuthentication": camel(_typed(props["ClientAuthentication"])),
            "vpcConfigs": [
                {"subnetIds": list(each["SubnetIds"]), "securityGroupIds": list(each.get("SecurityGroups", []))}
                for each in props["VpcConfigs"]
            ],
        },
    }
    return arn, {"Arn": arn}


def create_configuration(_logical_id: str, props: Props, _stack: str) -> Made:
    """AWS::MSK::Configuration."""
    given = {
        "name": props["Name"],
        "serverProperties": base64.b64encode(props["ServerProperties"].encode()).decode(),
        "kafkaVersions": props.get("KafkaVersionsList", []),
        "description": props.get("Description", ""),
    }
    arn = _asked(msk._create_configuration(json.dumps(given).encode()))["Arn"]
    return arn, {"Arn": arn, "LatestRevision.Revision": "1"}


def _delete_configuration(arn: str, _props: Props) -> None:
    msk._configurations.pop(arn, None)
    msk._config_revisions.pop(arn, None)


def _provisioned(info: Mapping[str, Any]) -> dict[str, Any]:
    named = {"ClusterArn", "ClusterName", "State", "Tags", "CreationTime", "CurrentVersion"}
    return {
        "clusterArn": info["ClusterArn"],
        "clusterName": info["ClusterName"],
        "clusterType": "PROVISIONED",
        "state": info["State"],
        "tags": info["Tags"],
        "provisioned": camel({key: value for key, value in info.items() if key not in named}),
    }


async def _serve(
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    query: Any,  # noqa: ANN401 - the emulator's shape
) -> Any:  # noqa: ANN401
    if method != "GET" or not path.startswith(_V2):
        return await _plain(method, path, headers, body, query)
    kind = {"Content-Type": "application/json"}
    arn = unquote(path.removeprefix(_V2).lstrip("/"))
    everything = {each["ClusterArn"]: _provisioned(each) for each in msk._clusters.values()} | dict(SERVERLESS.items())
    if not arn:
        return 200, kind, json.dumps({"clusterInfoList": list(everything.values())}).encode()
    if arn not in everything:
        return 404, kind, json.dumps({"message": f"The cluster {arn} does not exist."}).encode()
    return 200, kind, json.dumps({"clusterInfo": everything[arn]}).encode()


_plain = msk.handle_request


def reset() -> None:
    """Forget everything."""
    SERVERLESS._data.clear()


def register() -> None:
    """Add the types and the operations."""
    add_type("AWS::MSK::Cluster", create_cluster, lambda arn, _props: msk._delete_cluster(arn))
    add_type("AWS::MSK::ServerlessCluster", create_serverless, lambda arn, _props: SERVERLESS.pop(arn, None))
    add_type("AWS::MSK::Configuration", create_configuration, _delete_configuration)
    msk.handle_request = _serve
