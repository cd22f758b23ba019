"""`watchkeeper env diagram`: the picture of an environment from its templates."""

from pathlib import Path
from typing import Literal

from watchkeeper.commands.env.assembly import environment_templates
from watchkeeper.commands.session import Session
from watchkeeper.topology.mermaid import mermaid
from watchkeeper.topology.needs import needs_of
from watchkeeper.topology.picture import picture
from watchkeeper.topology.read import read_network
from watchkeeper.topology.svg import svg

Format = Literal["svg", "mermaid"]


def diagram(session: Session, assembly: Path | None, format: Format) -> str:  # noqa: A002 - the option's name
    """The document as text."""
    templates = environment_templates(session, assembly)
    environment = session.environment
    drawn = picture(environment.name, templates, read_network(templates), needs_of(environment))
    return svg(drawn) if format == "svg" else mermaid(drawn)
