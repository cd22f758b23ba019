"""The scaling of this repository's services, as it is synthesized."""

import json

from tests.base_infra.conftest import Assembly
from watchkeeper.autoscaling.lint import lint_template
from watchkeeper.autoscaling.lint.template.parts import Template
from watchkeeper.project.source import parse_document


def test_no_template_of_a_service_has_a_scaling_finding(assembly: Assembly) -> None:
    """No desired count, right resource ids, nothing counted that is not published; in every environment."""
    services = {name: template for name, template in assembly.templates.items() if "-Service-" in name}

    assert services
    for name, template in services.items():
        document = parse_document(json.dumps(template, indent=1), f"{name}.template.json")
        assert lint_template(Template(document)) == []
