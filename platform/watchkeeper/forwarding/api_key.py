"""Secrets that hold Datadog's API key: how they are known, and the shape that their reader wants. Pure.

The stacks make them with a random value and say in the description what belongs into them.
"""

import json
from typing import Final

DESCRIPTION: Final = "Datadog API key for "
"""How the description of such a secret begins."""

FIELD: Final = "api_key"
"""The one key of the JSON. Source: Firehose developer guide, "Authenticate with Secrets Manager", 2026-11."""

_JSON: Final = f'{{"{FIELD}"'


def is_api_key_secret(description: str) -> bool:
    """Whether a secret is one that holds the key."""
    return description.startswith(DESCRIPTION)


def secret_text(description: str, api_key: str) -> str:
    """What belongs into the secret: JSON for Firehose and ECS, else the key alone."""
    return json.dumps({FIELD: api_key}) if _JSON in description else api_key


def key_in(description: str, text: str) -> str | None:
    """The key that a secret holds; None when its reader would find none."""
    if _JSON not in description:
        return text.strip() if text.strip() and not text.lstrip().startswith("{") else None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    key = found.get(FIELD) if isinstance(found, dict) else None
    return key if isinstance(key, str) and key else None
