"""A picture as a Mermaid flow chart, which code hosts draw by themselves. Pure."""

from watchkeeper.topology.model import TITLES
from watchkeeper.topology.picture import TIER_TITLES, Picture


def mermaid(picture: Picture) -> str:
    """The text between the fences; one node for each kind, in the tier where it stands."""
    lines = ["flowchart TB", '  internet(("internet"))', f'  subgraph vpc["{picture.env}: VPC {picture.cidr}"]']
    for row in picture.rows:
        zones = ", ".join(place.zone for place in row.places)
        lines.append(f'    subgraph {row.tier}["{TIER_TITLES[row.tier]}: {zones}"]')
        labels: dict[str, list[str]] = {}
        for place in row.places:
            for item in place.items:
                labels.setdefault(item.kind, []).append(item.label)
        for kind, found in labels.items():
            counted = [f"{label} ({_zones(found.count(label))})" for label in dict.fromkeys(found)]
            lines.append(f'      {kind}["{"<br/>".join(counted)}"]')
        lines.append("    end")
    lines.append("  end")
    drawn = {item.kind for row in picture.rows for place in row.places for item in place.items} | {"internet"}
    for edge in picture.edges:
        if {edge.client, edge.server} <= drawn:
            lines.append(f'  {edge.client} -->|"{", ".join(edge.ports)}"| {edge.server}')
        else:
            lines.append(f"  %% {TITLES[edge.client]} to {TITLES[edge.server]}: {', '.join(edge.ports)}")
    for index, (what, host) in enumerate(picture.pipes):
        lines.append(f'  pipe{index}["{what}"] -->|"Firehose"| datadog{index}(("{host}"))')
    return "\n".join(lines) + "\n"


def _zones(count: int) -> str:
    return "1 zone" if count == 1 else f"{count} zones"
