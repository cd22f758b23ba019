"""Writes a bare CDK app: the typed constructs of an assembly with their values, in one plain module.

Nothing is declared, merged or checked in what it writes, and every value stands where it is used: what the topology's
own synthesis is measured against.
"""

import importlib
import inspect
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

_NESTED: Final = re.compile(r'"?(Cfn\w+(?:\.\w+)*Property)"?')
_HEAD: Final = "from aws_cdk import App, CfnOutput, CfnResource, CfnTag, Environment, Stack, Token\n"
_TAIL: Final = "app.synth()\n"


def write(assembly: Path, module: Path) -> None:
    """The module that builds the stacks of `assembly` when it is imported."""
    lines: list[str] = []
    modules: set[str] = set()
    manifest = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    for name, artifact in manifest.items():
        if artifact["type"] != "aws:cloudformation:stack":
            continue
        account, region = artifact["environment"].removeprefix("aws://").split("/")
        template = json.loads((assembly / f"{name}.template.json").read_text())
        lines.append(f"stack = Stack(app, {name!r}, env=Environment(account={account!r}, region={region!r}))")
        for logical_id, resource in template["Resources"].items():
            if resource["Type"] != "AWS::CDK::Metadata":
                lines.append(_resource(logical_id, resource, modules))
        lines += [
            f"CfnOutput(stack, {key!r}, value=Token.as_string({output['Value']!r}))"
            for key, output in template.get("Outputs", {}).items()
        ]
    imports = "".join(f"from aws_cdk import {each}\n" for each in sorted(modules))
    module.write_text(_HEAD + imports + "app = App()\n" + "\n".join(lines) + "\n" + _TAIL)


def _resource(logical_id: str, resource: Mapping[str, Any], modules: set[str]) -> str:
    kind, properties = resource["Type"], resource.get("Properties", {})
    found = _class(kind)
    if found is None:
        return f"CfnResource(stack, {logical_id!r}, type={kind!r}, properties={properties!r})"
    module, made = found
    modules.add(module)
    name = f"{module}.{made.__name__}"
    arguments = ", ".join(_arguments(module, made, properties))
    return f"{name}(stack, {logical_id!r}, {arguments}).override_logical_id({logical_id!r})"


def _class(kind: str) -> tuple[str, type] | None:
    """Module and class of a type; None for what is made untyped."""
    parts = kind.split("::")
    if parts[0] != "AWS" or parts[1] == "Lambda":
        return None
    module = f"aws_{parts[1].lower()}"
    return module, getattr(importlib.import_module(f"aws_cdk.{module}"), f"Cfn{parts[2]}")


def _arguments(module: str, made: type, properties: Mapping[str, Any]) -> Iterator[str]:
    names = {name.replace("_", "").lower(): name for name in inspect.signature(made.__init__).parameters}  # type: ignore[misc]
    annotations = made.__init__.__annotations__  # type: ignore[misc]
    for key, value in properties.items():
        name = names[key.lower()]
        yield f"{name}={_value(module, str(annotations[name]), key, value)}"


def _value(module: str, annotation: str, key: str, value: Any) -> str:  # noqa: ANN401 - a template's JSON
    if key == "Tags" and isinstance(value, list):
        tags = [f"CfnTag(key={tag['Key']!r}, value={tag['Value']!r})" for tag in value]
        return f"[{', '.join(tags)}]"
    if isinstance(value, list):
        return f"[{', '.join(_value(module, annotation, '', each) for each in value)}]"
    nested = _NESTED.search(annotation)
    if isinstance(value, dict) and _is_function(value):
        return repr(value) if "typing.Any" in annotation and "str" not in annotation else f"Token.as_string({value!r})"
    if isinstance(value, dict) and nested:
        made: Any = importlib.import_module(f"aws_cdk.{module}")
        for part in nested[1].split("."):
            made = getattr(made, part)
        return f"{module}.{nested[1]}({', '.join(_arguments(module, made, value))})"
    if isinstance(value, dict) and "Mapping[builtins.str, builtins.str]" in annotation:
        return "{" + ", ".join(f"{name!r}: {_value(module, '', '', each)}" for name, each in value.items()) + "}"
    return repr(value)


def _is_function(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))
