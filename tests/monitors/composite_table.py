"""Datadog's documentation, "Composite Monitors": the 16 rows of what two members make of a composite."""

from typing import Final

from watchkeeper.monitors.rules import State

COMPOSITE_TABLE: Final[list[tuple[State, State, str, bool | None, str]]] = [
    ("Alert", "Warn", "1 && 2", None, "Warn"),
    ("Alert", "Warn", "1 || 2", None, "Alert"),
    ("Alert", "OK", "1 && 2", None, "OK"),
    ("Alert", "OK", "1 || 2", None, "Alert"),
    ("Warn", "OK", "1 && 2", None, "OK"),
    ("Warn", "OK", "1 || 2", None, "Warn"),
    ("No Data", "Warn", "1 && 2", True, "No Data"),
    ("No Data", "Warn", "1 || 2", True, "Warn"),
    ("No Data", "Warn", "1 && 2", False, "last known"),
    ("No Data", "Warn", "1 || 2", False, "Warn"),
    ("No Data", "OK", "1 && 2", False, "OK"),
    ("No Data", "OK", "1 || 2", False, "last known"),
    ("No Data", "OK", "1 && 2", True, "OK"),
    ("No Data", "OK", "1 || 2", True, "No Data"),
    ("No Data", "No Data", "1 && 2", True, "No Data"),
    ("No Data", "No Data", "1 || 2", True, "No Data"),
]
"""The states of the members, the condition, whether missing data notify, and the state of the composite."""
