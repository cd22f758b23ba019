"""What the roles may do."""

from pathlib import Path

from tests.base_infra.conftest import Assembly, edited, image_of, synthesize


def test_roles_are_limited_to_this_account_and_to_named_resources(assembly: Assembly) -> None:
    """`*` stands nowhere in prod: its images are public, and nobody enters its containers."""
    wide = set()
    for stack in assembly.templates:
        if stack.startswith("prod-"):
            for name, item in assembly.resources(stack, "AWS::IAM::Role").items():
                for policy in item["Properties"].get("Policies", []):
                    for statement in policy["PolicyDocument"]["Statement"]:
                        if statement["Resource"] in ("*", ["*"]):
                            wide |= {*statement["Action"]}
                trust = item["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
                # Lambda assumes a function's role without saying for which account.
                if trust["Principal"] != {"Service": "lambda.amazonaws.com"} and not name.startswith(
                    "CustomVpcRestrictDefaultSG"
                ):
                    assert "aws:SourceAccount" in trust["Condition"]["StringEquals"], name
    assert wide == set()


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


def test_a_private_image_is_pulled_from_its_own_repository_alone(declared: str, tmp_path: Path) -> None:
    """The registry's token knows no resource; everything else does."""
    image = "222222222222.dkr.ecr.eu-west-1.amazonaws.com/lighthouse/api@sha256:" + "0" * 64
    text = edited(declared, f"image: {image_of(declared)}", f"image: {image}")
    made = synthesize(text, "local", tmp_path)

    role = str(made.resources("local-Service-api", "AWS::IAM::Role"))
    assert ":ecr:eu-west-1:222222222222:repository/lighthouse/api" in role
    assert "ecr:GetAuthorizationToken" in role
