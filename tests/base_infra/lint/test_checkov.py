"""checkov's answer; the program itself is fetched by `make checkov` alone."""

import pytest

from base_infra.lint.checkov import findings
from base_infra.lint.findings import Finding
from watchkeeper.errors import UsageError

FAILED = {
    "check_id": "CKV_AWS_118",
    "check_name": "Ensure that enhanced monitoring is enabled for Amazon RDS instances",
    "file_path": "/prod-Data.template.json",
    "resource": "AWS::RDS::DBInstance.Writer",
}
"""As checkov 3.3.30 tells it, shortened."""


def test_a_failed_check_is_a_finding_of_a_layer_and_a_resource() -> None:
    """As the other tools' findings are, so that one acknowledgement covers every environment."""
    told = {"results": {"failed_checks": [FAILED], "parsing_errors": []}}

    (found,) = findings(told)

    assert found == Finding("checkov", "CKV_AWS_118", "Data/Writer", "prod", FAILED["check_name"])


def test_a_template_that_checkov_cannot_read_is_no_clean_one() -> None:
    """What was not read was not checked."""
    told = {"results": {"failed_checks": [], "parsing_errors": ["/prod-Data.template.json"]}}

    with pytest.raises(UsageError, match=r"could not read /prod-Data\.template\.json"):
        list(findings(told))
