"""What RDS and Secrets Manager tell, in CloudFormation's names."""

import json
from collections.abc import Mapping

from watchkeeper.sandbox.judge.about import About, Described, Describer


def _cluster(about: About) -> Described:
    found = about.one("rds", "describe_db_clusters", "DBClusters", DBClusterIdentifier=about.id)
    writers = [member for member in found["DBClusterMembers"] if member["IsClusterWriter"]]
    if found["DBClusterMembers"] and len(writers) != 1:
        raise LookupError(f"{len(writers)} of its {len(found['DBClusterMembers'])} instances write")
    return {
        **found,
        "DBSubnetGroupName": found["DBSubnetGroup"],
        "DBClusterParameterGroupName": found.get("DBClusterParameterGroup"),
        "ManageMasterUserPassword": "MasterUserSecret" in found,
        "EnableCloudwatchLogsExports": found.get("EnabledCloudwatchLogsExports"),
        "EnableIAMDatabaseAuthentication": found.get("IAMDatabaseAuthenticationEnabled"),
        "VpcSecurityGroupIds": [each["VpcSecurityGroupId"] for each in found["VpcSecurityGroups"]],
    }


def _subnets(about: About) -> Described:
    found = about.one("rds", "describe_db_subnet_groups", "DBSubnetGroups", DBSubnetGroupName=about.id)
    return {**found, "SubnetIds": [each["SubnetIdentifier"] for each in found["Subnets"]]}


def _secret(about: About) -> Described:
    """A generated secret is proven by what lies in it, which is not shown."""
    client = about.client("secretsmanager")
    found = client.describe_secret(SecretId=about.id)
    if found["ARN"] != about.id:
        raise LookupError(f"a reference gives {about.id} instead of its ARN")
    told = {"Description": found.get("Description"), "KmsKeyId": found.get("KmsKeyId")}
    generated = about.given.get("GenerateSecretString")
    if generated is None:
        return told
    text = client.get_secret_value(SecretId=about.id)["SecretString"]
    if "GenerateStringKey" not in generated:
        told["GenerateSecretString"] = generated if len(text) >= generated.get("PasswordLength", 32) else None
    else:
        value = json.loads(text)
        template = json.loads(generated.get("SecretStringTemplate", "{}"))
        key = generated["GenerateStringKey"]
        is_right = template.items() <= value.items() and len(value.get(key, "")) >= generated.get("PasswordLength", 32)
        told["GenerateSecretString"] = generated if is_right else None
    return told


def _attachment(about: About) -> Described:
    """Host and port of the target stand in the secret."""
    text = about.client("secretsmanager").get_secret_value(SecretId=about.given["SecretId"])["SecretString"]
    value = json.loads(text)
    cluster = about.one("rds", "describe_db_clusters", "DBClusters", DBClusterIdentifier=about.given["TargetId"])
    is_there = (value.get("host"), str(value.get("port"))) == (cluster["Endpoint"], str(cluster["Port"]))
    return {"SecretId": about.given["SecretId"], "TargetId": cluster["DBClusterIdentifier"]} if is_there else {}


def _parameters(about: About) -> Described:
    asked = {"DBClusterParameterGroupName": about.id}
    found = about.one("rds", "describe_db_cluster_parameter_groups", "DBClusterParameterGroups", **asked)
    values = {
        each["ParameterName"]: each.get("ParameterValue")
        for page in about.client("rds").get_paginator("describe_db_cluster_parameters").paginate(**asked)
        for each in page["Parameters"]
    }
    return {"Description": found["Description"], "Family": found["DBParameterGroupFamily"], "Parameters": values}


def _key(about: About) -> Described:
    client = about.client("kms")
    found = client.describe_key(KeyId=about.id)["KeyMetadata"]
    if found["KeyState"] == "PendingDeletion":
        return {}
    return {
        "Description": found["Description"],
        "EnableKeyRotation": client.get_key_rotation_status(KeyId=about.id)["KeyRotationEnabled"],
        "KeyPolicy": json.loads(client.get_key_policy(KeyId=about.id, PolicyName="default")["Policy"]),
    }


DESCRIBERS: Mapping[str, Describer] = {
    "AWS::RDS::DBCluster": _cluster,
    "AWS::RDS::DBInstance": lambda about: about.one(
        "rds", "describe_db_instances", "DBInstances", DBInstanceIdentifier=about.id
    ),
    "AWS::KMS::Key": _key,
    "AWS::RDS::DBClusterParameterGroup": _parameters,
    "AWS::RDS::DBSubnetGroup": _subnets,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::SecretsManager::SecretTargetAttachment": _attachment,
}
