"""The database."""

from tests.base_infra.conftest import Assembly


def test_writer_and_reader_stand_in_different_zones(assembly: Assembly) -> None:
    """The template itself says where each instance goes, and that the reader takes over."""
    for env in ("local", "dev", "stage", "prod"):
        found = {
            name: (item["Properties"]["AvailabilityZone"], item["Properties"]["PromotionTier"])
            for name, item in assembly.resources(f"{env}-Data", "AWS::RDS::DBInstance").items()
        }
        assert found == {"Writer": ("eu-west-1a", 0), "Reader1": ("eu-west-1b", 1)}
        reader = assembly.resources(f"{env}-Data", "AWS::RDS::DBInstance")["Reader1"]
        assert reader["DependsOn"] == ["Writer"]


def test_the_database_has_the_declared_capacity_and_protection(assembly: Assembly) -> None:
    """Prod is protected and keeps a snapshot; dev pauses after five minutes without a connection."""

    def cluster(env: str) -> tuple[object, ...]:
        (item,) = assembly.resources(f"{env}-Data", "AWS::RDS::DBCluster").values()
        properties = item["Properties"]
        scaling = properties["ServerlessV2ScalingConfiguration"]
        bounds = (scaling["MinCapacity"], scaling["MaxCapacity"], scaling.get("SecondsUntilAutoPause"))
        return (*bounds, properties["DeletionProtection"], item["DeletionPolicy"], properties["BackupRetentionPeriod"])

    assert cluster("dev") == (0, 8, 300, False, "Delete", 7)
    assert cluster("prod") == (2, 32, None, True, "Snapshot", 30)


def test_no_template_holds_a_password(assembly: Assembly) -> None:
    """RDS makes the administrator's password and changes it; tasks get the secret's ARN, and may log in by IAM."""
    cluster = assembly.one("prod-Data", "AWS::RDS::DBCluster")

    assert cluster["ManageMasterUserPassword"] is True
    assert "MasterUserPassword" not in cluster
    assert cluster["EnableIAMDatabaseAuthentication"] is True
    assert "rds-db:connect" in str(assembly.resources("prod-Service-api", "AWS::IAM::Role"))


def test_everything_the_database_stores_is_encrypted_with_the_environments_key(assembly: Assembly) -> None:
    """Storage, performance data, the managed secret, and its log."""
    cluster = assembly.one("prod-Data", "AWS::RDS::DBCluster")
    keys = [cluster["KmsKeyId"], cluster["PerformanceInsightsKmsKeyId"], cluster["MasterUserSecret"]["KmsKeyId"]]
    keys.append(assembly.one("prod-Data", "AWS::Logs::LogGroup")["KmsKeyId"])

    assert cluster["StorageEncrypted"] is True
    assert all("prod-Foundation" in key["Fn::ImportValue"] for key in keys)
    assert len({str(key) for key in keys}) == 1


def test_what_postgresql_logs_is_kept_as_long_as_other_logs(assembly: Assembly) -> None:
    """RDS would make the group itself, to be kept for ever; it is made before the first instance."""
    group = assembly.one("prod-Data", "AWS::Logs::LogGroup")

    assert group["LogGroupName"]["Fn::Join"][1] == ["/aws/rds/cluster/", {"Ref": "Cluster"}, "/postgresql"]
    assert group["RetentionInDays"] == 90
    assert "Logs" in assembly.resources("prod-Data", "AWS::RDS::DBInstance")["Writer"]["DependsOn"]


def test_insights_and_parameters_are_those_of_database_monitoring(assembly: Assembly) -> None:
    """Advanced insights keep 15 months in production; statements are measured everywhere, and TLS is required."""

    def insights(env: str) -> tuple[object, ...]:
        cluster = assembly.one(f"{env}-Data", "AWS::RDS::DBCluster")
        return cluster["DatabaseInsightsMode"], cluster["PerformanceInsightsRetentionPeriod"]

    assert (insights("dev"), insights("prod")) == (("standard", 7), ("advanced", 465))
    group = assembly.one("dev-Data", "AWS::RDS::DBClusterParameterGroup")
    assert group["Family"] == "aurora-postgresql16"
    wanted = {"rds.force_ssl": "1", "track_activity_query_size": "4096", "pg_stat_statements.track": "all"}
    assert wanted.items() <= group["Parameters"].items()
