"""What the roles may do."""

from tests.base_infra.conftest import Assembly


def test_roles_are_limited_to_this_account_and_to_named_resources(assembly: Assembly) -> None:
    """`*` stands only where the API knows no resource: the token for the image registry."""
    wide = set()
    for stack in assembly.templates:
        if stack.startswith("prod-"):
            for name, item in assembly.resources(stack, "AWS::IAM::Role").items():
                for policy in item["Properties"].get("Policies", []):
                    for statement in policy["PolicyDocument"]["Statement"]:
                        if statement["Resource"] in ("*", ["*"]):
                            wide |= {*statement["Action"]}
                trust = item["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
                if not name.startswith("CustomVpcRestrictDefaultSG"):
                    assert "aws:SourceAccount" in trust["Condition"]["StringEquals"], name
    assert wide == {"ecr:GetAuthorizationToken"}


def test_ecs_exec_brings_its_permissions_only_where_it_is_on(assembly: Assembly) -> None:
    """Dev lets people in; in prod neither the service nor its role knows of it."""

    def sessions(env: str) -> tuple[bool, bool]:
        roles = assembly.resources(f"{env}-Service-api", "AWS::IAM::Role").values()
        enabled = assembly.one(f"{env}-Service-api", "AWS::ECS::Service")["EnableExecuteCommand"]
        return enabled, "ssmmessages:CreateDataChannel" in str(list(roles))

    assert (sessions("dev"), sessions("prod")) == ((True, True), (False, False))


def test_tasks_decrypt_with_the_key_of_their_environment_alone(assembly: Assembly) -> None:
    """No statement names all keys."""
    for stack in assembly.templates:
        for item in assembly.resources(stack, "AWS::IAM::Role").values():
            for policy in item["Properties"].get("Policies", []):
                for statement in policy["PolicyDocument"]["Statement"]:
                    if "kms:Decrypt" in statement["Action"]:
                        assert "Fn::ImportValue" in str(statement["Resource"])
