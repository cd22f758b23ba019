"""Where charts stand on Datadog's grid of 12 columns. Pure.

At least four columns a chart: narrower ones cannot be read. Source: Datadog, "Effective dashboards", read 2026-11.
"""

from dataclasses import dataclass
from typing import Final

COLUMNS: Final = 12
MIN_WIDTH: Final = 4
HEIGHT: Final = 3
TITLE: Final = 1
"""Rows that the title of a group takes."""


@dataclass(frozen=True, slots=True)
class Box:
    """Columns from the left, rows from the top, and the size in both."""

    x: int
    y: int
    width: int
    height: int

    def to_json(self) -> dict[str, int]:
        """As Datadog writes it."""
        return {"x": self.x, "y": self.y, "width": self.width, "height": self.height}


def widget_boxes(count: int) -> list[Box]:
    """The boxes of the charts of one group: rows of at most three, each row filled to its full width."""
    most = COLUMNS // MIN_WIDTH
    boxes = []
    for first in range(0, count, most):
        row = min(most, count - first)
        width = COLUMNS // row
        boxes += [Box(index * width, first // most * HEIGHT, width, HEIGHT) for index in range(row)]
    return boxes


def group_boxes(counts: list[int]) -> list[Box]:
    """The boxes of groups below each other. counts: charts in each."""
    boxes = []
    top = 0
    for count in counts:
        rows = -(-count // (COLUMNS // MIN_WIDTH))
        boxes.append(Box(0, top, COLUMNS, TITLE + rows * HEIGHT))
        top += TITLE + rows * HEIGHT
    return boxes
